import type { Delimiter, Encoding } from '@muster/contracts'
import { stringify } from 'csv-stringify/sync'
import iconv from 'iconv-lite'
import { canWrite } from './charset.ts'

/** Characters written at a time. */
const PIECE_CHARACTERS = 64 * 1024
const BYTE_ORDER_MARK = '\ufeff'

/**
 * The records as CSV by RFC 4180 (CRLF after each, quotes where needed), taken no faster than the bytes are.
 * Written in `canWrite(encoding)`. A character which that cannot write, U+FFFD included, becomes `?`.
 */
export async function* writeCsv(
  records: AsyncIterable<readonly string[]>,
  options: { delimiter: Delimiter; encoding: Encoding },
): AsyncGenerator<Uint8Array> {
  const encode = encoderOf(options.encoding)
  if (canWrite(options.encoding) !== options.encoding) yield encode(BYTE_ORDER_MARK)
  let batch: (readonly string[])[] = []
  let characters = 0
  for await (const record of records) {
    batch.push(record)
    for (const cell of record) characters += cell.length + 1
    if (characters < PIECE_CHARACTERS) continue
    yield encode(csvOf(batch, options.delimiter))
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield encode(csvOf(batch, options.delimiter))
}

function csvOf(records: readonly (readonly string[])[], delimiter: Delimiter): string {
  // A record of one empty cell is written "", for a blank line would be no record.
  const quoted_empty = records.some((record) => record.length === 1)
  return stringify([...records], { delimiter, record_delimiter: '\r\n', quote_record_delimiter: true, quoted_empty })
}

function encoderOf(encoding: Encoding): (text: string) => Buffer {
  const written = canWrite(encoding)
  if (written === 'UTF-8') return (text) => Buffer.from(text)
  // iconv-lite writes U+FFFD as a byte that means nothing, or something else, in the one-byte encodings.
  return (text) => iconv.encode(text.replaceAll('\ufffd', '?'), written)
}
