import type { Encoding } from '@muster/contracts'
import iconv from 'iconv-lite'
import { lineEndFrom } from './line-ends.ts'

/** How to decode an encoding other than UTF-8, in pieces. */
export interface Decoding {
  /** How many of these bytes can be decoded without knowing what follows them; 0 when none can. */
  safeCut(bytes: Buffer): number
  /** Their text, U+FFFD for each sequence that is none of the encoding's. Keeps nothing for the next call. */
  decode(bytes: Buffer): string
}

/**
 * The characters are Windows' where its and Java's tables differ: `¢ £ ¬ — ‖ − 〜` of the Japanese
 * sets come out in their full-width forms; GB2312 and EUC-KR have Windows' additions, Big5 Hong Kong's.
 */
export function decodingOf(encoding: Encoding): Decoding {
  if (encoding === 'ISO-2022-JP' || encoding === 'X-WINDOWS-ISO2022JP') return iso2022Jp
  // iconv-lite's own streaming is not used: after a broken character at the end of one piece it drops the last
  // character of the next, maybe a line end.
  return { safeCut: afterLastPlainByte, decode: (bytes) => iconv.decode(bytes, encoding) }
}

/** After the last byte below 0x40: it stands for itself in each of the ten, and is never part of another character. */
function afterLastPlainByte(bytes: Buffer): number {
  return 1 + bytes.findLastIndex((byte) => byte < 0x40)
}

/**
 * ISO-2022-JP and its Windows variant (half-width kana, NEC's row 13, IBM's extensions), every line
 * by itself: by RFC 1468 each starts in ASCII, and a line end is never part of a character. So a
 * damaged escape sequence costs its line and not the rest of the file.
 */
const iso2022Jp: Decoding = {
  safeCut: (bytes) => 1 + bytes.findLastIndex((byte) => byte === 0x0a || byte === 0x0d),
  decode(bytes) {
    const decoder = new TextDecoder('iso-2022-jp')
    let text = ''
    let at = 0
    while (at < bytes.length) {
      const found = lineEndFrom(bytes, at, bytes.length)
      const end = found < 0 ? bytes.length : found
      text += decoder.decode(withoutIdleEscapes(bytes.subarray(at, end))) + bytes.toString('latin1', end, end + 1)
      at = end + 1
    }
    return text
  },
}

const ESCAPE = '\x1b'
const SEQUENCE = `${ESCAPE}(?:\\([BIJ]|\\$[@B])`
const IDLE_SEQUENCES = new RegExp(`${SEQUENCE}(?=${SEQUENCE})`, 'g')

/** Without escape sequences that the next one overrides: texts put together have them, and TextDecoder calls them errors. */
function withoutIdleEscapes(line: Buffer): Buffer {
  if (!line.includes(ESCAPE)) return line
  return Buffer.from(line.toString('latin1').replace(IDLE_SEQUENCES, ''), 'latin1')
}
