import type { RowCode, RowParams } from '@muster/contracts'
import type { FailedRow } from '@muster/engine/ports'
import type { Pool } from 'pg'

const BATCH = 1_000

const PAGE = `
  select row_number, ordinal, line, code, column_name, params from failed_rows
  where operation_number = $1 and (row_number, ordinal) > ($2, $3)
  order by row_number, ordinal limit ${BATCH}`

interface Stored {
  row_number: string
  ordinal: number
  line: string
  code: RowCode
  column_name: string | null
  params: RowParams | null
}

/**
 * An operation's failed rows in row order, the mistakes of a row in theirs, read a thousand at a
 * time. Rows that fail while they are read are among them when their number is still to come.
 */
export async function* readFailedRows(pool: Pool, operationNumber: bigint): AsyncGenerator<readonly FailedRow[]> {
  let last: { row_number: string; ordinal: number } = { row_number: '0', ordinal: -1 }
  for (;;) {
    const { rows } = await pool.query<Stored>(PAGE, [operationNumber.toString(), last.row_number, last.ordinal])
    const final = rows.at(-1)
    if (final === undefined) return
    yield rows.map(toFailedRow)
    if (rows.length < BATCH) return
    last = final
  }
}

function toFailedRow(stored: Stored): FailedRow {
  return {
    row: Number(stored.row_number),
    line: Number(stored.line),
    code: stored.code,
    column: stored.column_name,
    params: stored.params ?? undefined,
  }
}
