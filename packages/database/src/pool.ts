import { Pool } from 'pg'
import { timedClient } from './timed-client.ts'

export type { Pool, PoolClient } from 'pg'

export interface PoolOptions {
  /** What `pg_stat_activity` shows, like `muster-api`. */
  readonly applicationName: string
  /** Connections at most; 10 unless given. */
  readonly connections?: number
  /** Milliseconds after which the server ends a statement; 60,000 unless given. */
  readonly statementTimeoutMs?: number
  /** Milliseconds that a transaction may sit idle before the server ends it; 60,000 unless given. */
  readonly idleInTransactionTimeoutMs?: number
  /** Told when a connection that nobody uses breaks; the pool replaces it. */
  readonly onIdleError?: (error: Error) => void
  /** Told of every statement how many seconds it took, an error included. Must not throw. */
  readonly onQuery?: (seconds: number) => void
}

/** A pool of connections. Nothing is connected until the first query; a broken connection is replaced by the next. */
export function createPool(databaseUrl: string, options: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: options.applicationName,
    max: options.connections ?? 10,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 60_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    ...(options.onQuery === undefined ? {} : { Client: timedClient(options.onQuery) }),
  })
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', (error) => options.onIdleError?.(error))
  return pool
}
