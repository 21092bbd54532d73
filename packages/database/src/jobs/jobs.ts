import type { RowCode, RowMistake, RowParams } from '@muster/contracts'
import type { Pool } from 'pg'
import { type JobCondition, type JobStatus, jobConditionSql } from './job-condition.ts'

/** A quick enrollment, by CSV or of smart cards, as the ID360 dialect speaks of it. */
export interface Job {
  /** The operation's number, decimal digits. */
  readonly id: string
  /** The operation's UUID. */
  readonly operationId: string
  readonly status: JobStatus
  /** Rows of the source; null until they are counted. */
  readonly total: number | null
  readonly succeeded: number
  readonly unchanged: number
  readonly failed: number
  /** Why the operation failed as a whole; null when it did not. */
  readonly fault: string | null
  /** When a worker took it up; null before. */
  readonly startedAt: Date | null
  readonly endedAt: Date | null
}

export interface JobPage {
  /** Nothing but jobs that meet it; null for every job. */
  readonly condition: JobCondition | null
  /** The page's first job, inclusive, by its id; null begins with the newest. */
  readonly fromId: string | null
  /** Matching jobs to leave out before the first. */
  readonly skip: number
  /** Jobs at most. */
  readonly limit: number
}

export interface JobFailure {
  /** The row's number. */
  readonly row: number
  /** In the order of the row's columns. */
  readonly mistakes: readonly RowMistake[]
}

interface JobRecord {
  number: string
  id: string
  status: JobStatus
  total: string | null
  succeeded: string
  unchanged: string
  failed: string
  fault: string | null
  started_at: Date | null
  ended_at: Date | null
}

const JOBS = `
  select o.number, o.id, s.status, o.total, l.succeeded, l.unchanged, l.failed,
    case when o.state in ('FAILED', 'CANCELLED') then o.reason end as fault, o.started_at, o.ended_at
  from operations o
  cross join lateral (
    select coalesce(sum(succeeded), 0)::bigint as succeeded, coalesce(sum(unchanged), 0)::bigint as unchanged,
      coalesce(sum(failed), 0)::bigint as failed
    from lanes where operation_number = o.number
  ) l
  cross join lateral (
    select case o.state
      when 'PROCESSING' then 'RUNNING'
      when 'COMPLETED' then case when l.failed > 0 then 'WARNING' else 'COMPLETED' end
      when 'FAILED' then 'ERROR'
      when 'CANCELLED' then 'ERROR'
      else 'QUEUED'
    end as status
  ) s
  where o.tenant_id = $1 and o.type in ('QUICK_ENROLLMENT', 'SMART_CARD_ENROLLMENT') and o.deleted_at is null`

/** The tenant's quick enrollment of that number; null when there is none. `id` is 1 to 18 decimal digits. */
export async function findJob(pool: Pool, tenantId: number, id: string): Promise<Job | null> {
  const { rows } = await pool.query<JobRecord>(`${JOBS} and o.number = $2`, [tenantId, id])
  const [record] = rows
  return record === undefined ? null : toJob(record)
}

/** The tenant's quick enrollments, newest first. */
export async function listJobs(pool: Pool, tenantId: number, page: JobPage): Promise<readonly Job[]> {
  const parameters: unknown[] = [tenantId, page.fromId, page.skip, page.limit]
  const condition = page.condition === null ? 'true' : jobConditionSql(page.condition, parameters)
  const { rows } = await pool.query<JobRecord>(
    `${JOBS} and ($2::bigint is null or o.number <= $2) and ${condition}
     order by o.number desc offset $3 limit $4`,
    parameters,
  )
  return rows.map(toJob)
}

/** What is wrong with the first failed rows of an operation, in the order of the rows; `limit` counts rows. */
export async function firstJobFailures(
  pool: Pool,
  tenantId: number,
  id: string,
  limit: number,
): Promise<readonly JobFailure[]> {
  const { rows } = await pool.query<{ row: string; code: RowCode; column: string | null; params: RowParams | null }>(
    `select row_number as row, code, column_name as column, params
     from failed_rows
     where operation_number = $2 and tenant_id = $1 and row_number in (
       select distinct row_number from failed_rows where operation_number = $2 order by row_number limit $3)
     order by row_number, ordinal`,
    [tenantId, id, limit],
  )
  const failures = new Map<string, RowMistake[]>()
  for (const { row, code, column, params } of rows) {
    const mistakes = failures.get(row) ?? []
    mistakes.push({ code, column, params: params ?? undefined })
    failures.set(row, mistakes)
  }
  return Array.from(failures, ([row, mistakes]) => ({ row: Number(row), mistakes }))
}

function toJob(record: JobRecord): Job {
  return {
    id: record.number,
    operationId: record.id,
    status: record.status,
    total: record.total === null ? null : Number(record.total),
    succeeded: Number(record.succeeded),
    unchanged: Number(record.unchanged),
    failed: Number(record.failed),
    fault: record.fault,
    startedAt: record.started_at,
    endedAt: record.ended_at,
  }
}
