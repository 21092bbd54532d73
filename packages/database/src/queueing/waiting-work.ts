import type { Pool } from 'pg'

/** How many operations no worker has moved on of late, and what is in the outbox of those that are PROCESSING. */
export interface WaitingWork {
  readonly count: number
  /** For how long the oldest has waited; 0 when none waits. */
  readonly oldestSeconds: number
  /** Not settled; of paused operations too. */
  readonly messages: number
  /** Since the row of the oldest was applied; 0 when there is none. */
  readonly oldestMessageSeconds: number
}

// A worker that has the operation commits a chunk many times within this time.
const WAITING = `
  with messages as (
    select count(*)::integer as count, coalesce(extract(epoch from now() - min(x.created_at)), 0)::float8 as seconds
    from operations o join outbox x on x.operation_number = o.number and x.settled_at is null
    where o.state = 'PROCESSING'
  )
  select count(*)::integer as count,
    coalesce(extract(epoch from now() - min(since)), 0)::double precision as "oldestSeconds",
    (select count from messages) as messages, (select seconds from messages) as "oldestMessageSeconds"
  from (
    select coalesce((select max(changed_at) from lanes where operation_number = o.number), o.created_at) as since, o.state
    from operations o where o.state in ('SCHEDULED', 'PROCESSING') and not o.paused and o.total is null
  ) open
  where state = 'SCHEDULED' or since < now() - interval '30 seconds'`

/** Waiting: SCHEDULED, or PROCESSING without a row committed in the last 30 s; paused ones do not wait. */
export async function waitingWork(pool: Pool): Promise<WaitingWork> {
  const { rows } = await pool.query<WaitingWork>(WAITING)
  return rows[0] ?? { count: 0, oldestSeconds: 0, messages: 0, oldestMessageSeconds: 0 }
}
