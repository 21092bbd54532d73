import { type _Object, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import type { Bucket } from './bucket.ts'
import { s3Failure } from './s3-failure.ts'

/**
 * The objects whose keys begin so, in the order of their keys, up to 1,000 at a time: as many as S3 also removes at
 * once. Throws S3Failure.
 */
export async function* listObjects({ client, name }: Bucket, prefix: string): AsyncGenerator<readonly _Object[], void> {
  try {
    const pages = paginateListObjectsV2({ client }, { Bucket: name, Prefix: prefix })
    for await (const { Contents } of pages) yield Contents ?? []
  } catch (error) {
    throw s3Failure('ListObjectsV2', error)
  }
}
