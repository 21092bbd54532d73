import { Client } from 'pg'
import type { Planted, UsersFile } from './users-file.ts'

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
}

/** The users of a file, as they stand in the directory. */
export interface Directory {
  readonly users: number
  readonly distinct: number
  /** Rows that should have made a user and did not. */
  readonly missing: number
  /** Users that no row, or another row, should have made. */
  readonly wrong: number
  readonly memberships: number
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
  select o.state, o.lease::int, o.total::int, l.*, l.succeeded + l.unchanged + l.failed as done
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

const DIRECTORY = `
  with operation as (select number from operations where id = $1),
  wanted as (
    select n, $2::text || n as user_id from generate_series(1, $3::int) n where n <> all ($4::int[])
  ),
  there as (select * from users where operation_number = (select number from operation) or user_id ^@ $2::text)
  select
    (select count(*)::int from there) as users,
    (select count(distinct (tenant_id, user_id))::int from there) as distinct,
    (select count(*)::int from wanted w where not exists (select from there t where t.user_id = w.user_id)) as missing,
    (select count(*)::int from there t left join wanted w using (user_id)
      where w.n is null or t.row_number <> w.n or t.email is distinct from t.user_id || '@example.com'
        or t.first_name is distinct from 'Ada' || w.n
        or t.operation_number is distinct from (select number from operation)) as wrong,
    (select count(*)::int from user_groups g where exists (select from there t where t.id = g.user_id)) as memberships`

/** Looks at every user of the file by set, not by sample. */
export async function directory(databaseUrl: string, operationId: string, file: UsersFile): Promise<Directory> {
  const bad = file.planted.map(({ row }) => row)
  const [row] = await query<Directory>(databaseUrl, DIRECTORY, [operationId, file.prefix, file.rows, bad])
  if (row === undefined) throw new Error('the database answered nothing')
  return row
}

/** The operation's failed rows, one entry a mistake, in row order. */
export function failedRows(databaseUrl: string, operationId: string): Promise<Planted[]> {
  return query<Planted>(
    databaseUrl,
    `select row_number::int as row, code, column_name as column from failed_rows
    where operation_number = (select number from operations where id = $1) order by row_number, ordinal`,
    [operationId],
  )
}
