import type { Pool } from 'pg'

/** A change that somebody makes by the dashboard, or to its operators. */
export interface OperatorAction {
  /** Who; null for a sign-in that did not say who. */
  readonly operator: string | null
  /** Such as `queue.pause`, `job.retry`, `operation.cancel`, `sign-in`, `operator.add`. */
  readonly action: string
  readonly queue?: string | null
  readonly jobId?: string | null
  /** A UUID. */
  readonly operationId?: string | null
  /** Name of the operator who is changed. */
  readonly target?: string | null
  /** HTTP status of the answer, where it is known already. */
  readonly status?: number | null
}

export interface RecordedAction extends Required<OperatorAction> {
  /** Grows with time. */
  readonly id: string
  readonly at: Date
}

/** Records what somebody is about to do. Returns the record's id, for `settleAction`. */
export async function recordAction(pool: Pool, action: OperatorAction): Promise<string> {
  const { operator, queue = null, jobId = null, operationId = null, target = null, status = null } = action
  const { rows } = await pool.query<{ id: string }>(
    `insert into operator_actions (operator, action, queue, job_id, operation_id, target, status)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [operator, action.action, queue, jobId, operationId, target, status],
  )
  const [recorded] = rows
  if (recorded === undefined) throw new Error('the action was not recorded')
  return recorded.id
}

/** Tells how it was answered. */
export async function settleAction(pool: Pool, id: string, status: number): Promise<void> {
  await pool.query('update operator_actions set status = $2 where id = $1', [id, status])
}

/** Which actions; null for all. */
export interface ActionFilter {
  readonly operator: string | null
  readonly action: string | null
  readonly operationId: string | null
}

export interface ActionsPage {
  /** Only those recorded before the one of this id; null for the newest. */
  readonly before: string | null
  readonly limit: number
}

/** Newest first. */
export async function listActions(
  pool: Pool,
  filter: ActionFilter,
  { before, limit }: ActionsPage,
): Promise<readonly RecordedAction[]> {
  const given = [
    { condition: 'id <', value: before },
    { condition: 'operator =', value: filter.operator },
    { condition: 'action =', value: filter.action },
    { condition: 'operation_id =', value: filter.operationId },
  ].filter(({ value }) => value !== null)
  const where = given.map(({ condition }, index) => `${condition} $${index + 2}`).join(' and ')
  const { rows } = await pool.query<RecordedAction>(
    `select id, at, operator, action, queue, job_id as "jobId", operation_id as "operationId", target, status
     from operator_actions ${where && `where ${where}`} order by id desc limit $1`,
    [limit, ...given.map(({ value }) => value)],
  )
  return rows
}

/** Days that actions are kept, so that a whole year and what came before can be compared. */
const KEPT_DAYS = 400

/** Forgets a thousand at most of those that have been kept long enough. */
export async function forgetOldActions(pool: Pool): Promise<void> {
  await pool.query(
    `delete from operator_actions
     where id in (select id from operator_actions order by id limit 1000) and at < now() - make_interval(days => $1)`,
    [KEPT_DAYS],
  )
}
