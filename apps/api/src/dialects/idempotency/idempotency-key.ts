import { Refusal } from '../../refusal.ts'

const STRING = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/
const LONGEST = 255

/**
 * The value of an `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header): a string of structured
 * fields (RFC 9651 §3.3.3), in quotes, or the key as it is. Null when there is no such header.
 * Throws a Refusal unless the key is 1 to 255 printable ASCII characters.
 */
export function readIdempotencyKey(header: string | null): string | null {
  if (header === null) return null
  const text = header.trim()
  const key = text.startsWith('"') ? (STRING.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1') ?? '') : text
  if (key.length >= 1 && key.length <= LONGEST && /^[\x20-\x7e]+$/.test(key)) return key
  throw new Refusal(
    'invalid-parameter',
    `Idempotency-Key takes 1 to ${LONGEST} printable ASCII characters, in quotes or bare; a UUID is a good one.`,
  )
}
