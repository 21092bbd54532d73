import type { OperationState } from '@muster/contracts'
import type { Pool } from 'pg'
import { eligibleSince } from '../queueing/eligible-since.ts'
import { observed } from './observing.ts'

/** Operations that have not ended. */
export interface OpenOperations {
  /** A state that is not named has none. */
  readonly byState: Readonly<Partial<Record<OperationState, number>>>
  readonly paused: number
  /** SCHEDULED, or PROCESSING with rows left to read and none committed in the last 30 s; paused ones do not wait. */
  readonly waiting: number
  /** Since the oldest of these could have a turn, or had its last progress; 0 when none waits. */
  readonly oldestWaitingSeconds: number
  /**
   * Since the least recent progress of those that are PROCESSING, have rows left to read and are not paused; 0 when
   * there is none. Being claimed for the first time, and being resumed, is progress.
   */
  readonly oldestUnprogressedSeconds: number
}

/** Of those that are SCHEDULED the age of so many is looked at, which were made first. */
const SCHEDULED_AT_ONCE = 1_000

/** All of it from the index of those that have not ended, however many have. */
export const OPEN_OPERATIONS = `
  with counts as (
    select state, paused, count(*)::integer as count from operations where ended_at is null group by state, paused
  ), scheduled as (
    select coalesce(${eligibleSince('number')}, created_at) as since from (
      select number, created_at from operations
      where ended_at is null and state = 'SCHEDULED' and not paused order by number limit ${SCHEDULED_AT_ONCE}
    ) oldest
  ), processing as (
    select greatest(
      (select max(changed_at) from lanes where operation_number = number), ${eligibleSince('number')}, started_at
    ) as since
    from operations where ended_at is null and state = 'PROCESSING' and not paused and total is null
  ), stuck as (
    select since from processing where since < now() - interval '30 seconds'
  )
  select
    (select coalesce(json_object_agg(state, count), '{}') from (
      select state, sum(count)::integer as count from counts group by state
    ) states) as "byState",
    (select coalesce(sum(count), 0)::integer from counts where paused) as paused,
    (select coalesce(sum(count), 0)::integer from counts where state = 'SCHEDULED' and not paused)
      + (select count(*)::integer from stuck) as waiting,
    ${secondsSince(`(select min(since) from (select since from scheduled union all select since from stuck) waiting)`)}
      as "oldestWaitingSeconds",
    ${secondsSince('(select min(since) from processing)')} as "oldestUnprogressedSeconds"`

function secondsSince(time: string): string {
  return `greatest(coalesce(extract(epoch from now() - ${time}), 0), 0)::double precision`
}

/** Costs a few milliseconds, and grows with the number of operations that have not ended alone. Throws when PostgreSQL is away; gives a statement up after 2 s. */
export function openOperations(pool: Pool): Promise<OpenOperations> {
  return observed<OpenOperations>(pool, OPEN_OPERATIONS)
}
