import { openOperations, type Pool, postgresState, waitingMessages } from '@muster/database'
import type { WatchedQueues } from '@muster/queue'
import type { DashboardMetrics } from '@muster/telemetry'

interface System {
  readonly metrics: DashboardMetrics
  readonly pool: Pool
  readonly queues: WatchedQueues
}

/**
 * From now on the metrics tell of the whole system at every scrape: what waits in PostgreSQL and in Redis, and both of
 * them. Once a process; nothing is to be closed. Their outages are the metrics' to tell, and never throw here.
 */
export function observeSystem({ metrics, pool, queues }: System): void {
  metrics.observeOperations(() => openOperations(pool))
  metrics.observeMessages(() => waitingMessages(pool))
  metrics.observePostgres(() => postgresState(pool))
  metrics.observeQueues(() => queues.depths())
  metrics.observeWorkers(() => queues.workers())
  metrics.observeRedis(() => queues.redis())
}
