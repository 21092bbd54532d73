import { type OperationRecord, readFailedRows } from '@muster/database'
import { failedRecords, sourceRows } from '@muster/engine'
import { canWrite, csvCharset, rowReader, writeCsv } from '@muster/text'
import type { Answer } from '../dialects/route.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

/**
 * The operation's failed rows as a CSV: the original columns as they stand, then row number, line,
 * code, column and message; in the upload's delimiter and, where it can be written, its encoding. Of a ZIP, each
 * file's name, row number, code and message.
 * Made while it is sent, from the stored file and the record of failed rows, in one pass.
 * Throws a Refusal where there is no file yet or any more.
 */
export function failedRowsFile(
  { pool, files, archives }: Pick<Services, 'pool' | 'files' | 'archives'>,
  operation: OperationRecord,
): Answer {
  const { number, source, normalisedKey } = operation
  if (source === null)
    throw new Refusal('conflict', 'The operation has no data yet, so that no row of it can have failed.')
  if (operation.filesRemovedAt !== null) {
    throw new Refusal('gone', 'Its data was removed when its time was over; which rows failed is told as JSON.')
  }
  // Until there is a copy in UTF-8, where one is to be made, no row has been read, so that none has failed.
  const start = normalisedKey !== null || source.encoding === 'UTF-8' ? source.start : null
  const rows =
    start === null ? none() : sourceRows({ source, normalisedKey }, start, { files, archives, reader: rowReader })
  const records = failedRecords(source, rows, readFailedRows(pool, number))
  const { delimiter, encoding } = source
  return {
    status: 200,
    headers: {
      'Content-Type': `text/csv; charset=${csvCharset(canWrite(encoding))}`,
      'Content-Disposition': `attachment; filename="failed_rows_${number}.csv"`,
      'Cache-Control': 'no-store',
    },
    body: writeCsv(records, { delimiter, encoding }),
  }
}

async function* none(): AsyncGenerator<[], void> {
  // Nothing to yield.
}
