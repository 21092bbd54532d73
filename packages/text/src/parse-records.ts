import type { Delimiter } from '@muster/contracts'
import { parse } from 'csv-parse/sync'

/** Where a record's text is within its block, and where the next line starts. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly next: number
}

/**
 * The cells of records known to be well-formed, with as many cells each. Bytes that are no UTF-8 become U+FFFD.
 * Throws when the parser sees other records than these, which would be a bug here or there. The
 * parser's own error is not passed on: it quotes cells.
 */
export function parseRecords(bytes: Buffer, spans: readonly Span[], delimiter: Delimiter): readonly string[][] {
  // No max_record_size: the records have been measured, and it would be checked for every byte.
  const options = { delimiter, record_delimiter: ['\r\n', '\n', '\r'] }
  let records: string[][] | null
  try {
    records = parse(together(bytes, spans), options)
  } catch {
    records = null
  }
  if (records?.length !== spans.length) throw new Error('The CSV parser does not see the records that were found')
  return records
}

/** The records without what stands between them, copied only if something does. */
function together(bytes: Buffer, spans: readonly Span[]): Buffer {
  const runs: Buffer[] = []
  let start = spans[0]?.start ?? 0
  let next = start
  for (const span of spans) {
    if (span.start !== next) {
      runs.push(bytes.subarray(start, next))
      start = span.start
    }
    next = span.next
  }
  const last = bytes.subarray(start, next)
  return runs.length === 0 ? last : Buffer.concat([...runs, last])
}
