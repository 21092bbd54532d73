import { DeleteObjectCommand, HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { Bucket } from './bucket.ts'
import { told } from './s3-failure.ts'

const PROBE = '.muster-check'
/** A probe costs a write, and readiness is asked for every few seconds by each process. */
const PROBE_EVERY_MS = 5 * 60 * 1000
/** Readiness is of no use when it comes later. */
const PATIENCE_MS = 3_000

/**
 * Whether the bucket can be written to: throws S3Failure when not. An object is written and removed at first, after a
 * failure, and then every 5 minutes; else the bucket is only looked at. Those who ask at once get one answer.
 */
export function bucketCheck(bucket: Bucket): () => Promise<void> {
  let probedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | null = null
  const ask = async (): Promise<void> => {
    if (performance.now() - probedAt < PROBE_EVERY_MS) return look(bucket)
    probedAt = Number.NEGATIVE_INFINITY
    await probe(bucket)
    probedAt = performance.now()
  }
  return () => {
    asking ??= ask().finally(() => {
      asking = null
    })
    return asking
  }
}

async function look({ client, name }: Bucket): Promise<void> {
  await told('HeadBucket', client.send(new HeadBucketCommand({ Bucket: name }), inTime()))
}

async function probe({ client, name, prefix, encryption }: Bucket): Promise<void> {
  const place = { Bucket: name, Key: `${prefix}${PROBE}` }
  const body = new Uint8Array()
  await told('PutObject', client.send(new PutObjectCommand({ ...place, Body: body, ...encryption }), inTime()))
  await told('DeleteObject', client.send(new DeleteObjectCommand(place), inTime()))
}

function inTime() {
  return { abortSignal: AbortSignal.timeout(PATIENCE_MS) }
}
