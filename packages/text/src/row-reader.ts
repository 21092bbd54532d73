import type { RowReader } from '@muster/engine/ports'
import { readRows } from './read-rows.ts'
import { toUtf8 } from './to-utf8.ts'
import { writeCsv } from './write-csv.ts'

/** Reads and writes CSV as RFC 4180 has it, with any line end and one of four delimiters, in any of the twelve encodings. */
export const rowReader: RowReader = {
  toUtf8,
  read: readRows,
  write: (records, delimiter) => writeCsv(records, { delimiter, encoding: 'UTF-8' }),
}
