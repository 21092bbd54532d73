import { Client } from 'pg'
import type { Planted } from './upload.ts'

/** What the database says about one operation, at one moment. */
export interface Recorded {
  readonly state: string
  readonly lease: number
  readonly total: number | null
  readonly succeeded: number
  readonly unchanged: number
  readonly failed: number
  /** Rows with an outcome: the sum of the three. */
  readonly done: number
  /** There is a copy, or a list, of its source. */
  readonly isNormalised: boolean
}

/** Runs one statement over a connection of its own, since the server may have been killed since the last one. */
export async function query<R extends object>(databaseUrl: string, sql: string, values: unknown[] = []): Promise<R[]> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  // A server that is killed is told of by the query that fails.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<R>(sql, values)).rows
  } finally {
    await client.end()
  }
}

const RECORD = `
  select o.state, o.lease::int, o.total::int, o.normalised_key is not null as "isNormalised",
    l.*, l.succeeded + l.unchanged + l.failed as done
  from operations o cross join lateral (
    select coalesce(sum(succeeded), 0)::int as succeeded, coalesce(sum(unchanged), 0)::int as unchanged,
      coalesce(sum(failed), 0)::int as failed
    from lanes where operation_number = o.number
  ) l
  where o.id = $1`

export async function record(databaseUrl: string, operationId: string): Promise<Recorded> {
  const [row] = await query<Recorded>(databaseUrl, RECORD, [operationId])
  if (row === undefined) throw new Error('there is no such operation')
  return row
}

/** The operation's failed rows, one entry a mistake, in row order. */
export function failedRows(databaseUrl: string, operationId: string): Promise<Planted[]> {
  return query<Planted>(
    databaseUrl,
    `select row_number::int as row, code, column_name as column, (params ->> 'firstRow')::int as "firstRow"
    from failed_rows where operation_number = (select number from operations where id = $1)
    order by row_number, ordinal`,
    [operationId],
  )
}

/** How many rows have which mistake, in the order of codes and columns. */
export interface ErrorGroup {
  readonly code: string
  readonly column: string | null
  readonly rows: number
}

/** What was counted of mistakes while rows were applied. */
export function errorGroups(databaseUrl: string, operationId: string): Promise<ErrorGroup[]> {
  return query<ErrorGroup>(
    databaseUrl,
    `select code, column_name as column, sum(rows)::int as rows
    from error_groups where operation_number = (select number from operations where id = $1)
    group by code, column_name order by code collate "C", column_name collate "C" nulls first`,
    [operationId],
  )
}

/** What the marks of an operation's chunks come to, all together. */
export interface Marks {
  /** Chunks that begin before the end of the one before, or after their own. */
  readonly overlapping: number
  /** Lanes whose checkpoint is before the end of their last chunk. */
  readonly ahead: number
  /** Rows that are marked unchanged, in order. */
  readonly unchanged: readonly number[]
}

const MARKS = `
  with chunk as (
    select c.*, lag(c.row_number, 1, 0) over (partition by c.lane order by c.row_number) as before
    from chunks c where c.operation_number = (select number from operations where id = $1)
  )
  select
    (select count(*)::int from chunk where first_row <= before or first_row > row_number) as overlapping,
    (select count(*)::int from lanes l
      where l.operation_number = (select number from operations where id = $1)
        and l.row_number < (select max(c.row_number) from chunk c where c.lane = l.lane)) as ahead,
    array(select (first_row + bit)::int from chunk, generate_series(0, octet_length(unchanged) * 8 - 1) bit
      where get_bit(unchanged, bit) = 1 order by 1) as unchanged`

export async function marks(databaseUrl: string, operationId: string): Promise<Marks> {
  const [row] = await query<Marks>(databaseUrl, MARKS, [operationId])
  if (row === undefined) throw new Error('the database answered nothing')
  return row
}
