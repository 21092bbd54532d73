import { isUtf8 } from 'node:buffer'
import type { Encoding } from '@muster/contracts'

const REPLACEMENT = Buffer.from('\ufffd')

/**
 * Whether text of a source holds bytes that its declared encoding does not have. A UTF-8 file is
 * read as it came. Any other was decoded before, and U+FFFD stands for the bad bytes: none of those
 * encodings can write it. In a UTF-8 file it may well be what the client wrote.
 */
export function hasInvalidBytes(text: Buffer, encoding: Encoding): boolean {
  return encoding === 'UTF-8' ? !isUtf8(text) : text.includes(REPLACEMENT)
}
