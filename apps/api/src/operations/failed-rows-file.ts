import { type OperationRecord, readFailedRows } from '@muster/database'
import { type CsvSource, failedRecords, type Row } from '@muster/engine'
import { canWrite, csvCharset, rowReader, writeCsv } from '@muster/text'
import type { Answer } from '../dialects/route.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

/**
 * The operation's failed rows as a CSV: the original columns as they stand, then row number, line,
 * code, column and message; in the upload's delimiter and, where it can be written, its encoding.
 * Made while it is sent, from the stored file and the record of failed rows, in one pass.
 */
export function failedRowsFile({ pool, files }: Pick<Services, 'pool' | 'files'>, operation: OperationRecord): Answer {
  const { number, source } = operation
  if (source === null)
    throw new Refusal('conflict', 'The operation has no data yet, so that no row of it can have failed.')
  const failures = readFailedRows(pool, number)
  const records = failedRecords(source.header, sourceRows(files, source, operation.normalisedKey), failures)
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

/** The rows of the source from its start: of its copy in UTF-8 where there is one. */
function sourceRows(
  files: Services['files'],
  source: CsvSource,
  normalisedKey: string | null,
): AsyncIterable<readonly Row[]> {
  const { delimiter, header, encoding, start } = source
  const layout = { delimiter, cells: header.length, encoding }
  // Until the copy is made no row has been read, so that none has failed.
  if (encoding !== 'UTF-8' && normalisedKey === null) return none()
  return rowReader.read(files.read(normalisedKey ?? source.key, start.byte), layout, start)
}

async function* none(): AsyncGenerator<readonly Row[]> {
  // Nothing to yield.
}
