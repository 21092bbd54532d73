import { Refusal } from '../refusal.ts'
import { isGzip } from './body-stream.ts'

/** What a form's boundaries and other fields may take beside the file's own bytes. */
const FORM_OVERHEAD_BYTES = 1024 * 1024

export function tooLarge(maxBytes: number): Refusal {
  return new Refusal(
    'content-too-large',
    `The file is larger than ${maxBytes} bytes, the most that is taken; split it.`,
  )
}

/** What to say of a failure to store: a full disk is told, anything else is a bug or an outage. */
export function storageRefusal(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new Refusal('insufficient-storage', 'There is no room for the file now; try again later or tell the operator.')
}

/** Bytes of a body, unpacked, that holds a file of `maxBytes` at most. */
export function bodyLimit(maxBytes: number): number {
  return maxBytes + FORM_OVERHEAD_BYTES
}

/** Refuses by the request's headers what could not be taken anyway. Throws a Refusal. */
export function refuseByHeaders(header: (name: string) => string | null, maxBytes: number): void {
  const coding = header('content-encoding')
  const gzip = isGzip(coding)
  if (!gzip && coding !== null && coding.trim().toLowerCase() !== 'identity') {
    throw new Refusal('unsupported-media-type', 'Send the body as it is, or with Content-Encoding: gzip.', {
      headers: { 'Accept-Encoding': 'gzip' },
    })
  }
  const length = header('content-length')
  // Packing makes bytes that are random a little more: 5 in every 16 KiB.
  const most = bodyLimit(maxBytes) * (gzip ? 1.001 : 1)
  if (length !== null && Number(length) > most) throw tooLarge(maxBytes)
}

/** Refuses what is no form. Throws a Refusal. */
export function refuseUnlessForm(contentType: string | null): void {
  if (/^multipart\/form-data\s*(;|$)/i.test(contentType ?? '')) return
  throw new Refusal('unsupported-media-type', 'Send the file as multipart/form-data.')
}
