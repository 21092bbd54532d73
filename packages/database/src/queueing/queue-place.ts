import type { Pool } from 'pg'
import type { OperationRecord } from '../operations/operation-record.ts'
import { inFlight, OPEN } from './in-flight.ts'

/** Where an operation stands among those of its tenant that wait, and why it waits. */
export interface QueuePlace {
  /** From 1; null while it is paused, since it has no place then. */
  readonly place: number | null
  /** A sentence for its owner. */
  readonly reason: string
}

interface Standing {
  is_in_flight: boolean
  in_flight: number
  before: number
}

const STANDING = `
  with in_flight as materialized (select number, state from ${inFlight('$1', '$2')} chosen),
  mine as (select exists (select from in_flight where number = $3) as is_in_flight)
  select is_in_flight,
    (select count(*) from in_flight)::integer as in_flight,
    (select count(*) from in_flight where state = 'SCHEDULED' and (number < $3 or not is_in_flight))::integer
    + case when is_in_flight then 0 else (
      select count(*) from operations
      where tenant_id = $1 and ${OPEN} and number < $3 and number not in (select number from in_flight)
    ) end::integer as before
  from mine`

/**
 * Null when the operation does not wait: it has its turns, is to get its data first, or has ended.
 *
 * @param limit operations of a tenant in flight at most, from 2
 */
export async function queuePlace(pool: Pool, operation: OperationRecord, limit: number): Promise<QueuePlace | null> {
  const { state, paused, tenantId, number } = operation
  if (state !== 'SCHEDULED' && state !== 'PROCESSING') return null
  if (paused) return { place: null, reason: 'It is paused; it goes on when it is resumed.' }
  const { rows } = await pool.query<Standing>(STANDING, [tenantId, limit, number])
  const [standing] = rows
  if (standing === undefined || (standing.is_in_flight && state === 'PROCESSING')) return null
  return { place: standing.before + 1, reason: standing.is_in_flight ? 'It waits for a worker.' : limited(standing) }
}

function limited({ in_flight }: Standing): string {
  return (
    `${in_flight} operations of yours are in flight, which is the limit; ` +
    'it goes on when one of them ends, or when it is the smallest of those that wait.'
  )
}
