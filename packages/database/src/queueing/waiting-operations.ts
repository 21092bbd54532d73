import type { Pool } from 'pg'

/** How many operations no worker has moved on of late, and for how long the oldest has waited. */
export interface WaitingOperations {
  readonly count: number
  /** 0 when none waits. */
  readonly oldestSeconds: number
}

// A worker that has the operation commits a chunk many times within this time.
const WAITING = `
  select count(*)::integer as count,
    coalesce(extract(epoch from now() - min(since)), 0)::double precision as "oldestSeconds"
  from (
    select coalesce((select max(changed_at) from lanes where operation_number = o.number), o.created_at) as since, o.state
    from operations o where o.state in ('SCHEDULED', 'PROCESSING') and not o.paused
  ) open
  where state = 'SCHEDULED' or since < now() - interval '30 seconds'`

/** Waiting: SCHEDULED, or PROCESSING without a row committed in the last 30 s; paused ones do not wait. */
export async function waitingOperations(pool: Pool): Promise<WaitingOperations> {
  const { rows } = await pool.query<WaitingOperations>(WAITING)
  return rows[0] ?? { count: 0, oldestSeconds: 0 }
}
