import type { Pool } from 'pg'

/** How the files of an archive and the users of the directory came together, all of one moment; while the operation runs, so far. */
export interface Reconciliation {
  /** Users that at least one file was about. */
  readonly usersMatched: number
  /** Files about nobody in the directory. */
  readonly withoutUser: number
  /** Files about several users at once. */
  readonly ambiguous: number
  /** Files whose names do not tell a user. */
  readonly unreadableNames: number
  /** Files about a user for whom an earlier one was applied. */
  readonly duplicates: number
  /** Files that enrolled their user. */
  readonly enrolled: number
  /** Files whose user was enrolled already, and stayed so. */
  readonly unchanged: number
  /** Files about one user that failed for what is in them. */
  readonly certificatesRefused: number
}

// A file has one mistake of its name at most, and the column `file` is its name.
const READ = `
  with named as (
    select
      coalesce(sum(rows) filter (where code = 'USER_NOT_FOUND'), 0)::float8 as "withoutUser",
      coalesce(sum(rows) filter (where code = 'USER_AMBIGUOUS'), 0)::float8 as ambiguous,
      coalesce(sum(rows) filter (where code = 'INVALID_FILE_NAME'), 0)::float8 as "unreadableNames",
      coalesce(sum(rows) filter (where code = 'DUPLICATE_KEY'), 0)::float8 as duplicates
    from error_groups where operation_number = $1
  ), counted as (
    select coalesce(sum(succeeded), 0)::float8 as enrolled, coalesce(sum(unchanged), 0)::float8 as unchanged,
      coalesce(sum(failed), 0)::float8 as failed
    from lanes where operation_number = $1
  )
  select (select count(*) from operation_keys where operation_number = $1)::float8 as "usersMatched", named.*,
    enrolled, unchanged,
    failed - "withoutUser" - ambiguous - "unreadableNames" - duplicates as "certificatesRefused"
  from named, counted`

/** The reconciliation of an operation whose rows are the files of an archive. */
export async function readReconciliation(pool: Pool, operationNumber: bigint): Promise<Reconciliation> {
  const [read] = (await pool.query<Reconciliation>(READ, [operationNumber])).rows
  if (read === undefined) throw new Error('aggregates without a group by clause answer one row')
  return read
}
