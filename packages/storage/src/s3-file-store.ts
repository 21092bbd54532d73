import type { FileStore } from '@muster/engine/ports'
import { checkedKey } from './file-key.ts'
import { type Bucket, openBucket } from './s3/bucket.ts'
import { bucketCheck } from './s3/bucket-check.ts'
import { listFolders } from './s3/list-folders.ts'
import { readObject } from './s3/read-object.ts'
import { removeObjects } from './s3/remove-objects.ts'
import type { S3Settings } from './s3/s3-settings.ts'
import { writeObject } from './s3/write-object.ts'

/**
 * Keeps files as objects of a bucket of Amazon S3 or another server of its protocol. S3 shows an object only when it is
 * whole and durable, and to everybody at once. Errors are S3Failures.
 *
 * @param url like `s3://bucket/prefix`; what is beside the prefix is not touched
 */
export function s3FileStore(url: string, settings: S3Settings): FileStore {
  const bucket: Bucket = openBucket(url, settings)
  const place = (key: string): string => `${bucket.prefix}${checkedKey(key)}`
  return {
    write: (key, bytes) => writeObject(bucket, place(key), bytes),
    read: (key, fromByte = 0, toByte = Number.POSITIVE_INFINITY) =>
      readObject(bucket, { file: key, key: place(key), fromByte, toByte }),
    remove: (key) => removeObjects(bucket, place(key)),
    folders: (key) => listFolders(bucket, `${place(key)}/`),
    check: bucketCheck(bucket),
  }
}
