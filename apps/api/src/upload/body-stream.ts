import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Request } from 'express'
import { Refusal } from '../refusal.ts'
import { UploadAborted } from './received.ts'

/** A request's body as it was before it was coded for its way (RFC 9110 §8.4). */
export interface BodyStream {
  readonly stream: Readable
  /** Reads no more of the body. The connection stays, for the answer. */
  stop(): void
}

/** The content coding `gzip` by its names; the only one that bodies may have. */
export function isGzip(coding: string | null): boolean {
  return /^(x-)?gzip$/i.test(coding?.trim() ?? '')
}

/** The body, unpacked on the way where it is gzip; the stream's errors are told by `bodyBroken`. */
export function openBody(req: Request): BodyStream {
  if (!isGzip(req.get('content-encoding') ?? null)) return { stream: req, stop: () => undefined }
  const unpacked = createGunzip({ chunkSize: 64 * 1024 })
  // Also when nobody reads it any more.
  unpacked.on('error', () => undefined)
  req.once('close', () => {
    if (!req.complete) unpacked.destroy(new UploadAborted())
  })
  req.pipe(unpacked)
  return {
    stream: unpacked,
    stop: () => {
      req.unpipe(unpacked)
      unpacked.destroy()
    },
  }
}

/** What to say of a body that could not be read to its end. */
export function bodyBroken(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (typeof code !== 'string' || !code.startsWith('Z_')) return error
  return new Refusal('malformed-request', 'The body is no well-formed gzip data, or ends early; pack it again.')
}
