import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsOutput,
  type ListMultipartUploadsRequest,
  type MultipartUpload,
  paginateListParts,
} from '@aws-sdk/client-s3'
import type { Bucket } from './bucket.ts'
import { s3Failure } from './s3-failure.ts'

const ABORTS_AT_ONCE = 8

/** An upload in parts that is neither complete nor given up. */
export interface UnfinishedUpload {
  readonly key: string
  readonly id: string
  readonly begunAt: Date
}

/** Those whose keys begin so, a page at a time; none of a server that does not list them. Throws S3Failure. */
export async function* unfinishedUploads(
  bucket: Bucket,
  prefix: string,
): AsyncGenerator<readonly UnfinishedUpload[], void> {
  let after: Marker | null = {}
  while (after !== null) {
    const page: ListMultipartUploadsOutput = await uploadsAfter(bucket, prefix, after)
    yield (page.Uploads ?? []).flatMap(asUnfinished)
    after =
      page.IsTruncated === true ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : null
  }
}

type Marker = Pick<ListMultipartUploadsRequest, 'KeyMarker' | 'UploadIdMarker'>

async function uploadsAfter(
  { client, name }: Bucket,
  prefix: string,
  after: Marker,
): Promise<ListMultipartUploadsOutput> {
  try {
    return await client.send(new ListMultipartUploadsCommand({ Bucket: name, Prefix: prefix, ...after }))
  } catch (error) {
    const failure = s3Failure('ListMultipartUploads', error)
    if (failure.code === 'NotImplemented') return {}
    throw failure
  }
}

function asUnfinished({ Key: key, UploadId: id, Initiated: begunAt }: MultipartUpload): readonly UnfinishedUpload[] {
  return key === undefined || id === undefined ? [] : [{ key, id, begunAt: begunAt ?? new Date(0) }]
}

/** When its last part came; its beginning when none has, or it is over meanwhile. Throws S3Failure. */
export async function lastPartAt({ client, name }: Bucket, upload: UnfinishedUpload): Promise<Date> {
  const { key: Key, id: UploadId } = upload
  let last = upload.begunAt
  try {
    for await (const { Parts } of paginateListParts({ client }, { Bucket: name, Key, UploadId })) {
      for (const { LastModified } of Parts ?? [])
        if (LastModified !== undefined && LastModified > last) last = LastModified
    }
  } catch (error) {
    const failure = s3Failure('ListParts', error)
    if (failure.code !== 'NoSuchUpload') throw failure
  }
  return last
}

/** Gives them up: whoever still adds to one will find it gone. Throws S3Failure. */
export async function abortUploads(bucket: Bucket, uploads: readonly UnfinishedUpload[]): Promise<void> {
  const left = uploads.values()
  const abortEach = async () => {
    for (const upload of left) await abortUpload(bucket, upload)
  }
  await Promise.all(Array.from({ length: ABORTS_AT_ONCE }, abortEach))
}

async function abortUpload({ client, name }: Bucket, { key: Key, id: UploadId }: UnfinishedUpload): Promise<void> {
  try {
    await client.send(new AbortMultipartUploadCommand({ Bucket: name, Key, UploadId }))
  } catch (error) {
    const failure = s3Failure('AbortMultipartUpload', error)
    if (failure.code !== 'NoSuchUpload') throw failure
  }
}
