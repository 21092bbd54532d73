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

/** The mistakes of at most `limit` failed rows, in row order, that come after a row. */
export async function readFailedRowsPage(
  pool: Pool,
  operationNumber: bigint,
  after: number,
  limit: number,
): Promise<readonly FailedRow[]> {
  const { rows } = await pool.query<Stored>(
    `select row_number, ordinal, line, code, column_name, params from failed_rows
    where operation_number = $1 and row_number in (
      select distinct row_number from failed_rows
      where operation_number = $1 and row_number > $2 order by row_number limit $3
    ) order by row_number, ordinal`,
    [operationNumber.toString(), after, limit],
  )
  return rows.map(toFailedRow)
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
