import { createPool, type Pool } from '@muster/database'
import type { FileStore } from '@muster/engine'
import { diskSpace, observedFileStore, openFileStore } from '@muster/storage'
import type { Logger, WorkerMetrics } from '@muster/telemetry'
import type { WorkerConfig } from './config.ts'
import { DELIVERY_TURNS, EXPRESS_TURNS } from './consume-turns.ts'

// A worker that was stopped in the middle of a transaction holds its locks no longer than this.
const IDLE_IN_TRANSACTION_MS = 10_000

interface Stores {
  readonly pool: Pool
  readonly files: FileStore
}

/** Where rows and files are, both observed. */
export async function openStores(config: WorkerConfig, metrics: WorkerMetrics, log: Logger): Promise<Stores> {
  const pool = createPool(config.DATABASE_URL, {
    applicationName: 'muster-worker',
    connections: (config.CONCURRENCY + EXPRESS_TURNS) * config.LANES + DELIVERY_TURNS + 2,
    idleInTransactionTimeoutMs: IDLE_IN_TRANSACTION_MS,
    onIdleError: (error) => log.warn({ err: error }, 'lost a connection to PostgreSQL'),
    onQuery: metrics.databaseQuery,
  })
  metrics.observePool(pool)
  const { url, s3 } = config.fileStore
  const space = diskSpace(url)
  if (space !== null) metrics.observeFileStoreSpace(space)
  return { pool, files: observedFileStore(await openFileStore(url, s3), metrics.fileStoreCall) }
}
