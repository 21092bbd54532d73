import type { RowCode, RowMistake, RowParams } from '@muster/contracts'
import type { Pool } from 'pg'

/** What became of a row, and when. */
export interface RowLogEntry {
  readonly row: number
  readonly outcome: 'succeeded' | 'unchanged' | 'failed' | 'unprocessed'
  /** The first of a row that failed, else null. */
  readonly mistake: RowMistake | null
  /** When its outcome was known: its chunk was committed or, of a row with an effect outside, that was settled. Null while it has none. */
  readonly at: Date | null
}

// Every part is cut to the rows that are asked for, so that it is found by an index whatever the operation's size.
const READ = `
  select r.row::float8 as row, f.code, f.column_name, f.params,
    m.row_number is not null and m.settled_at is null as "isInOutbox",
    coalesce(l.row_number >= r.row, false) as "isReached",
    case when r.row - c.first_row between 0 and length(c.unchanged) * 8 - 1
      then get_bit(c.unchanged, r.row - c.first_row) = 1 else false end as "isUnchanged",
    coalesce(m.settled_at, c.at) as at
  from generate_series($2::bigint, $3::bigint) r (row)
  left join lanes l on l.operation_number = $1 and l.lane = 0
  left join failed_rows f on f.operation_number = $1 and f.row_number = r.row and f.ordinal = 0
    and f.row_number between $2 and $3
  left join outbox m on m.operation_number = $1 and m.row_number = r.row and m.row_number between $2 and $3
  left join lateral (
    select at, first_row, unchanged from chunks
    where operation_number = $1 and lane = 0 and row_number >= r.row order by row_number limit 1
  ) c on c.first_row <= r.row
  order by r.row`

interface Stored {
  row: number
  code: RowCode | null
  column_name: string | null
  params: RowParams | null
  isInOutbox: boolean
  isReached: boolean
  isUnchanged: boolean
  at: Date | null
}

/** What became of an operation's rows from one to another, in their order. The operation's type has one lane. */
export async function readRowLog(
  pool: Pool,
  operationNumber: bigint,
  from: number,
  to: number,
): Promise<readonly RowLogEntry[]> {
  const { rows } = await pool.query<Stored>(READ, [operationNumber, from, to])
  return rows.map(toEntry)
}

function toEntry(stored: Stored): RowLogEntry {
  const { row, code, column_name: column, params } = stored
  const outcome = outcomeOf(stored)
  const mistake = code === null ? null : { code, column, params: params ?? undefined }
  return { row, outcome, mistake, at: outcome === 'unprocessed' ? null : stored.at }
}

function outcomeOf({ code, isInOutbox, isReached, isUnchanged }: Stored): RowLogEntry['outcome'] {
  if (code !== null) return 'failed'
  if (isInOutbox || !isReached) return 'unprocessed'
  return isUnchanged ? 'unchanged' : 'succeeded'
}
