import type { OperationType } from '@muster/contracts'
import { type Pool, pendingDeliveries, pendingOperations } from '@muster/database'
import { OPERATIONS } from '@muster/operations'
import type { QueuedOperation } from '@muster/queue'

const DEFERRED: readonly OperationType[] = Object.values(OPERATIONS).flatMap(({ type, isDeferred }) =>
  isDeferred ? [type] : [],
)

/** The operations that should have a job: for their rows, and for their messages. `perTenant` of each at most. */
export async function pendingWork(pool: Pool, perTenant: number): Promise<readonly QueuedOperation[]> {
  const [turns, deliveries] = await Promise.all([
    pendingOperations(pool, perTenant),
    pendingDeliveries(pool, perTenant, DEFERRED),
  ])
  return [...turns, ...deliveries.map((each) => ({ ...each, isDelivery: true }))]
}
