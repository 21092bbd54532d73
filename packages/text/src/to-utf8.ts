import type { Encoding } from '@muster/contracts'
import { blocks } from './blocks.ts'
import { type Decoding, decodingOf } from './decoding.ts'
import { MAX_RECORD_BYTES } from './record-scanner.ts'

const BLOCK_BYTES = 64 * 1024
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/**
 * Decodes to UTF-8 without a byte order mark, as the port `RowReader` promises: bytes that are none of
 * the encoding's become U+FFFD, and a broken one never takes the line end, quote, comma, semicolon or
 * tab after it along. (A `|` it can take, in the encodings whose characters may end in that byte.)
 * UTF-8 itself is passed on as it is, wrong bytes too: `read` checks them.
 */
export async function* toUtf8(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
  if (encoding === 'UTF-8') yield* withoutByteOrderMark(bytes)
  else yield* transcoded(bytes, decodingOf(encoding))
}

/** The same for bytes that are all there: the start of a file, say. */
export function decoded(bytes: Uint8Array, encoding: Encoding): Buffer {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (encoding === 'UTF-8') return buffer.subarray(byteOrderMarkLength(bytes))
  return Buffer.from(decodingOf(encoding).decode(buffer))
}

/** 3 when the bytes start with UTF-8's byte order mark, else 0. */
export function byteOrderMarkLength(bytes: Uint8Array): 0 | 3 {
  return BYTE_ORDER_MARK.equals(bytes.subarray(0, 3)) ? 3 : 0
}

async function* withoutByteOrderMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first = true
  for await (const block of blocks(bytes, BLOCK_BYTES)) {
    const text = first ? block.subarray(byteOrderMarkLength(block)) : block
    first = false
    if (text.length > 0) yield text
  }
}

async function* transcoded(bytes: AsyncIterable<Uint8Array>, decoding: Decoding): AsyncGenerator<Uint8Array> {
  let pieces: Buffer[] = []
  let gathered = 0
  for await (const block of blocks(bytes, BLOCK_BYTES)) {
    const cut = decoding.safeCut(block)
    if (cut === 0 && gathered <= MAX_RECORD_BYTES) {
      pieces.push(block)
      gathered += block.length
      continue
    }
    // A line beyond the limit is cut anywhere, and marked, lest what the cut garbles pass for text.
    const text = decoding.decode(Buffer.concat([...pieces, block.subarray(0, cut)]))
    yield Buffer.from(cut === 0 ? `${text}\ufffd` : text)
    pieces = [block.subarray(cut)]
    gathered = block.length - cut
  }
  if (gathered > 0) yield Buffer.from(decoding.decode(Buffer.concat(pieces)))
}
