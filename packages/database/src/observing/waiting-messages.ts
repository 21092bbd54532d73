import type { Pool } from 'pg'
import { eligibleSince } from '../queueing/eligible-since.ts'
import { observed } from './observing.ts'

/** Messages that are not settled, of operations that are PROCESSING and not paused. */
export interface WaitingMessages {
  /** Counted up to 100,000. */
  readonly count: number
  /**
   * Since the row of the oldest of those counted was applied, or its operation was resumed; 0 when there is none.
   */
  readonly oldestSeconds: number
}

/** Their rows are read, so that their number has to be bounded: so many take a tenth of a second. */
const COUNTED = 100_000

// The oldest operations first, and of each those that have been due for longest.
const WAITING = `
  select count(*)::integer as count,
    greatest(coalesce(extract(epoch from now() - min(since)), 0), 0)::double precision as "oldestSeconds"
  from (
    select greatest(message.created_at, operation.since) as since
    from (
      select number, ${eligibleSince('number')} as since from operations
      where ended_at is null and state = 'PROCESSING' and not paused order by number
    ) operation cross join lateral (
      select created_at from outbox
      where operation_number = operation.number and settled_at is null order by due_at, row_number limit ${COUNTED}
    ) message
    limit ${COUNTED}
  ) waiting`

/** Throws when PostgreSQL is away; gives a statement up after 2 s. */
export function waitingMessages(pool: Pool): Promise<WaitingMessages> {
  return observed<WaitingMessages>(pool, WAITING)
}
