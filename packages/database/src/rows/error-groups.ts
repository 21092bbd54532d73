import type { RowCode, RowParams } from '@muster/contracts'
import type { Pool } from 'pg'

/** A mistake that rows of an operation have in common. */
export interface ErrorGroup {
  readonly code: RowCode
  /** Null when the mistake is the whole row's. */
  readonly column: string | null
  /** How many rows have it. */
  readonly rows: number
  /** The numbers of the first of them, ten at most, in order. */
  readonly firstRows: readonly number[]
  /** What the message of the first of them tells beside its code. */
  readonly params: RowParams | undefined
}

interface StoredGroup {
  code: RowCode
  column_name: string | null
  rows: string
  first_rows: string[]
  params: RowParams | null
}

// Column names are the file's, so that their number is bounded by a header's; a thousand is more than one can read.
const READ = `
  select g.code, g.column_name, g.rows, first.rows as first_rows, f.params
  from (
    select code, column_name, sum(rows)::bigint as rows from error_groups where operation_number = $1
    group by code, column_name order by 3 desc, code, column_name nulls first limit 1000
  ) g
  cross join lateral (
    select (array_agg(row_number order by row_number))[1:10] as rows
    from error_groups e cross join unnest(e.first_rows) row_number
    where e.operation_number = $1 and e.code = g.code and e.column_name is not distinct from g.column_name
  ) first
  left join lateral (
    select params from failed_rows
    where operation_number = $1 and row_number = first.rows[1] and code = g.code
      and column_name is not distinct from g.column_name
    order by ordinal limit 1
  ) f on true
  order by g.rows desc, g.code, g.column_name nulls first`

/** What is wrong with an operation's rows, the most frequent first; while it runs, so far. */
export async function readErrorGroups(pool: Pool, operationNumber: bigint): Promise<readonly ErrorGroup[]> {
  const { rows } = await pool.query<StoredGroup>(READ, [operationNumber])
  return rows.map((group) => ({
    code: group.code,
    column: group.column_name,
    rows: Number(group.rows),
    firstRows: group.first_rows.map(Number),
    params: group.params ?? undefined,
  }))
}
