import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { FileMissing } from '@muster/engine/ports'
import type { Bucket } from './bucket.ts'
import { S3Failure, s3Failure } from './s3-failure.ts'

/** How often in a row a connection may break without having brought a byte. */
const MAX_BREAKS = 5
const PAUSE_MS = 100
const UNSATISFIABLE = 416

/** What to read of which file. */
export interface Range {
  /** The file's, for who asked. */
  readonly file: string
  /** The object's, with the store's prefix. */
  readonly key: string
  readonly fromByte: number
  /** The first that is not read; may be beyond the end, or infinite. */
  readonly toByte: number
}

/** An answer on its way. */
interface Answer {
  readonly body: Readable
  readonly etag: string | undefined
  /** Where it ends: at `toByte`, or at the object's end. */
  readonly end: number
}

/**
 * The bytes of a range, a piece at a time. When the connection breaks, it is read on from the byte that was reached, if
 * the object is still the same one. Throws FileMissing, or S3Failure.
 */
export async function* readObject(bucket: Bucket, range: Range): AsyncGenerator<Uint8Array, void> {
  let at = range.fromByte
  let etag: string | undefined
  let breaks = 0
  while (at < range.toByte) {
    const answer = await open(bucket, { ...range, fromByte: at }, etag)
    if (answer === null || at >= answer.end) return
    etag = answer.etag
    try {
      for await (const piece of piecesOf(answer.body, answer.end - at)) {
        at += piece.length
        breaks = 0
        yield piece
      }
      if (at >= answer.end) return
      throw new S3Failure('GetObject', 'EndedEarly')
    } catch (error) {
      breaks += 1
      if (breaks > MAX_BREAKS) throw s3Failure('GetObject', error)
      await pause(PAUSE_MS * 2 ** breaks * (0.5 + Math.random() / 2))
    }
  }
}

/** The body up to so many bytes: there are servers that send more of a range than was asked for. */
async function* piecesOf(body: Readable, bytes: number): AsyncGenerator<Uint8Array, void> {
  let left = bytes
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    yield piece.subarray(0, left)
    left -= piece.length
    if (left <= 0) return
  }
}

/** Null when the object ends before the range. */
async function open({ client, name }: Bucket, range: Range, etag: string | undefined): Promise<Answer | null> {
  const { file, key, fromByte, toByte } = range
  const isWhole = fromByte === 0 && toByte === Number.POSITIVE_INFINITY
  const last = Number.isFinite(toByte) ? toByte - 1 : ''
  try {
    const answer = await client.send(
      new GetObjectCommand({
        Bucket: name,
        Key: key,
        ...(isWhole ? {} : { Range: `bytes=${fromByte}-${last}` }),
        ...(etag === undefined ? {} : { IfMatch: etag }),
      }),
    )
    return answerOf(answer, range, etag)
  } catch (error) {
    const failure = s3Failure('GetObject', error)
    if (failure.code === 'NoSuchKey') throw new FileMissing(file)
    if (failure.status === UNSATISFIABLE) return null
    throw failure
  }
}

function answerOf(
  { Body: body, ETag: etag, ContentRange: told, ContentLength: length }: GetObjectCommandOutput,
  { fromByte, toByte }: Range,
  expected: string | undefined,
): Answer {
  if (!(body instanceof Readable)) throw new S3Failure('GetObject', 'NoBody')
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(told ?? '') ?? [null, '0', `${length}`]
  const end = Math.min(toByte, Number(size))
  const mistake =
    expected !== undefined && etag !== expected
      ? 'Replaced'
      : Number(start) !== fromByte || Number.isNaN(end)
        ? 'WrongRange'
        : null
  if (mistake === null) return { body, etag, end }
  body.destroy()
  throw new S3Failure('GetObject', mistake)
}
