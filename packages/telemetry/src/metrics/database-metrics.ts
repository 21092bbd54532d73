import type { Collectors } from './collectors.ts'
import type { Instruments } from './registry.ts'

/** A pool of connections, as pg's tells of itself. */
interface ObservedPool {
  /** Connections that are open, idle ones included. */
  readonly totalCount: number
  readonly idleCount: number
  /** Who waits for one. */
  readonly waitingCount: number
}

export interface DatabaseMetrics {
  databaseQuery(seconds: number): void
  /** Looked at, at every scrape; once a process. */
  observePool(pool: ObservedPool): void
}

export function databaseMetrics(instruments: Instruments, collectors: Collectors): DatabaseMetrics {
  const query = instruments.histogram(
    'muster_database_query_duration_seconds',
    'Statements, each from its sending to its answer; the wait for a connection is not in it',
    { buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] },
  )
  const connections = instruments.gauge(
    'muster_database_pool_connections',
    "The process's connections to PostgreSQL; waiting: who waits for one",
    ['state'],
  )
  return {
    databaseQuery: (seconds) => query.observe(seconds),
    observePool: (pool) =>
      collectors.add({
        name: 'database_pool',
        // Now, before other collectors' own statements are under way, if it was the first to be added.
        source: async () => ({
          totalCount: pool.totalCount,
          idleCount: pool.idleCount,
          waitingCount: pool.waitingCount,
        }),
        set({ totalCount, idleCount, waitingCount }) {
          connections.set({ state: 'active' }, totalCount - idleCount)
          connections.set({ state: 'idle' }, idleCount)
          connections.set({ state: 'waiting' }, waitingCount)
        },
        clear: () => connections.reset(),
      }),
  }
}
