import { DeleteObjectsCommand } from '@aws-sdk/client-s3'
import type { Bucket } from './bucket.ts'
import { listObjects } from './list-objects.ts'
import { S3Failure, told } from './s3-failure.ts'
import { abortUploads, unfinishedUploads } from './unfinished-uploads.ts'

/**
 * Removes the object and all under it as a folder, and gives up what is still being written there. `a/b` is another
 * folder than `a/bc`. Throws S3Failure; what was removed until then stays so.
 */
export async function removeObjects(bucket: Bucket, key: string): Promise<void> {
  const isMeant = (other = ''): boolean => other === key || other.startsWith(`${key}/`)
  // Only what is there is removed: servers that keep objects as files mistake the name of a folder for one.
  for await (const objects of listObjects(bucket, key)) {
    await removeAll(
      bucket,
      objects.flatMap(({ Key }) => (isMeant(Key) ? (Key ?? []) : [])),
    )
  }
  for await (const uploads of unfinishedUploads(bucket, key)) {
    await abortUploads(
      bucket,
      uploads.filter((upload) => isMeant(upload.key)),
    )
  }
}

async function removeAll({ client, name }: Bucket, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true }
  const { Errors } = await told('DeleteObjects', client.send(new DeleteObjectsCommand({ Bucket: name, Delete })))
  // It answers 200 all the same.
  const first = Errors?.[0]
  if (first !== undefined) throw new S3Failure('DeleteObjects', first.Code ?? 'Unknown')
}
