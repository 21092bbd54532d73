import type { Collectors } from './collectors.ts'
import type { Instruments } from './registry.ts'

interface ObservedRedis {
  readonly memoryBytes: number
  /** 0: none. */
  readonly memoryLimitBytes: number
  /** Since it was started. */
  readonly evictedKeys: number
  /** Whether it refuses what it has no memory for, and forgets nothing. */
  readonly isNoEviction: boolean
}

interface ObservedPostgres {
  readonly connections: number
  /** Connections that it takes from others than superusers. */
  readonly connectionsLimit: number
  /** Of Muster's database. */
  readonly sizeBytes: number
}

export interface DependencyMetrics {
  observeRedis(source: () => Promise<ObservedRedis>): void
  observePostgres(source: () => Promise<ObservedPostgres>): void
}

export function dependencyMetrics(instruments: Instruments, collectors: Collectors): DependencyMetrics {
  return { observeRedis: redis(instruments, collectors), observePostgres: postgres(instruments, collectors) }
}

function redis(instruments: Instruments, collectors: Collectors): DependencyMetrics['observeRedis'] {
  const up = instruments.gauge('muster_redis_up', 'Whether Redis answers: 1 or 0')
  const evicted = instruments.counter('muster_redis_evicted_keys_total', 'Keys that Redis has thrown away for memory')
  const memory = instruments.gauge('muster_redis_memory_bytes', 'Memory that Redis uses')
  const limit = instruments.gauge('muster_redis_memory_limit_bytes', 'Memory that Redis may use; 0: no limit')
  const noEviction = instruments.gauge(
    'muster_redis_noeviction',
    'Whether the maxmemory-policy of Redis is noeviction, as it has to be: 1 or 0',
  )
  evicted.remove()
  return (source) =>
    collectors.add({
      name: 'redis',
      source,
      set(answer) {
        up.set(1)
        memory.set(answer.memoryBytes)
        limit.set(answer.memoryLimitBytes)
        noEviction.set(answer.isNoEviction ? 1 : 0)
        // Redis's own count, which begins anew when it is started, as Prometheus expects of counters.
        evicted.reset()
        evicted.inc(answer.evictedKeys)
      },
      clear() {
        up.set(0)
        for (const each of [memory, limit, noEviction, evicted]) each.remove()
      },
    })
}

function postgres(instruments: Instruments, collectors: Collectors): DependencyMetrics['observePostgres'] {
  const up = instruments.gauge('muster_postgres_up', 'Whether PostgreSQL answers: 1 or 0')
  const connections = instruments.gauge('muster_postgres_connections', "Connections to PostgreSQL, others' included")
  const limit = instruments.gauge(
    'muster_postgres_connections_limit',
    'Connections that PostgreSQL takes from others than superusers',
  )
  const size = instruments.gauge('muster_postgres_size_bytes', "The size of Muster's database")
  return (source) =>
    collectors.add({
      name: 'postgres',
      source,
      set(answer) {
        up.set(1)
        connections.set(answer.connections)
        limit.set(answer.connectionsLimit)
        size.set(answer.sizeBytes)
      },
      clear() {
        up.set(0)
        for (const each of [connections, limit, size]) each.remove()
      },
    })
}
