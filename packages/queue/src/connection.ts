import { Redis } from 'ioredis'
import { within } from './deadline.ts'
import { errorName } from './error-name.ts'
import type { Log } from './log.ts'

/**
 * A producer serves somebody who waits: without Redis its commands fail at once. A limiter stands in
 * the way of every request: its commands fail sooner still. A worker has nothing else to do: its
 * commands wait until Redis is back.
 */
export type ConnectionRole = 'producer' | 'limiter' | 'worker'

const ROLES = {
  producer: { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 2_000 },
  limiter: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 100 },
  worker: { enableOfflineQueue: true, maxRetriesPerRequest: null },
} as const

/** Who waits for which connection. A listener each would make Node warn of a leak. */
const waiters = new WeakMap<Redis, Set<() => void>>()

/**
 * Opens a connection, which comes back by itself for as long as it is not closed. An outage is
 * logged when it begins and when it ends, whatever the number of attempts between.
 */
export function connect(redisUrl: string, role: ConnectionRole, log: Log): Redis {
  const connection = new Redis(redisUrl, {
    ...ROLES[role],
    connectTimeout: 2_000,
    // The default waits up to 20 s after Redis is back.
    retryStrategy: (attempt) => Math.min(attempt * 200, 2_000),
  })
  let away = false
  const begin = (error?: Error) => {
    if (!away) log.warn(error === undefined ? {} : { error: errorName(error) }, 'Redis is away')
    away = true
  }
  connection.on('error', begin)
  connection.on('reconnecting', () => begin()) // a connection that breaks is no error to ioredis
  const waiting = new Set<() => void>()
  waiters.set(connection, waiting)
  connection.on('ready', () => {
    if (away) log.info({}, 'Redis is back')
    away = false
    for (const tell of waiting) tell()
  })
  return connection
}

/** Returns when the connection, one of `connect`'s, can take a command; throws `DeadlinePassed` after that many milliseconds. */
export async function untilReady(connection: Redis, ms: number): Promise<void> {
  if (connection.status === 'ready') return
  let tell = () => {}
  const ready = new Promise<void>((resolve) => {
    tell = resolve
  })
  const waiting = waiters.get(connection)
  waiting?.add(tell)
  try {
    await within(ms, ready)
  } finally {
    waiting?.delete(tell)
  }
}

/** True when Redis answers within a second. */
export async function answers(connection: Redis): Promise<boolean> {
  try {
    await within(
      1_000,
      untilReady(connection, 1_000).then(() => connection.ping()),
    )
    return true
  } catch {
    return false
  }
}
