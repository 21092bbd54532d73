import { Refusal } from '../refusal.ts'

// The file's own bytes and, beside them, what a form's boundaries and other fields may take.
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

/** Refuses by the request's headers what could not be taken anyway. Throws a Refusal. */
export function refuseByHeaders(header: (name: string) => string | null, maxBytes: number): void {
  if (!/^multipart\/form-data\s*(;|$)/i.test(header('content-type') ?? '')) {
    throw new Refusal('unsupported-media-type', 'Send the file as multipart/form-data.')
  }
  const length = header('content-length')
  if (length !== null && Number(length) > maxBytes + FORM_OVERHEAD_BYTES) throw tooLarge(maxBytes)
}
