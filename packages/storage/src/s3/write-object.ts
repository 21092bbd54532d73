import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Bucket } from './bucket.ts'
import { PartedUpload } from './parted-upload.ts'
import { partsOf } from './parts.ts'
import { told } from './s3-failure.ts'

/**
 * Writes an object whole, or leaves nothing that can be read. A small one is sent at once, a larger one in parts: one
 * on its way while the next fills, 16 MiB of memory for a file of up to 7.8 GiB. Throws S3Failure, or what `bytes`
 * throws.
 */
export async function writeObject(bucket: Bucket, key: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  let upload: PartedUpload | null = null
  try {
    for await (const part of partsOf(bytes)) {
      if (upload === null && part.isLast) return await putObject(bucket, key, part.bytes)
      upload ??= await PartedUpload.begin(bucket, key)
      await upload.add(part)
    }
    await upload?.complete()
  } catch (error) {
    await upload?.abort()
    throw error
  }
}

async function putObject({ client, name, encryption }: Bucket, key: string, body: Uint8Array): Promise<void> {
  await told('PutObject', client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: body, ...encryption })))
}
