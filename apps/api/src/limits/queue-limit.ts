import { queuedOperations } from '@muster/database'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'

const RETRY_SECONDS = 10

/** Throws a Refusal when the tenant may queue no further operation; cheap enough to be asked before an upload. */
export async function demandRoomInQueue(
  { pool, limits }: Pick<Services, 'pool' | 'limits'>,
  tenantId: number,
): Promise<void> {
  const queued = await queuedOperations(pool, tenantId, limits.queuedOperations)
  if (queued >= limits.queuedOperations) throw queueIsFull(limits.queuedOperations)
}

export function queueIsFull(limit: number): Refusal {
  const detail =
    `${limit} operations of yours await their data or a worker, which is the limit; ` +
    'try again when some of them have begun, or cancel some.'
  return new Refusal('too-many-requests', detail, { headers: { 'Retry-After': String(RETRY_SECONDS) } })
}
