import { setTimeout as pause } from 'node:timers/promises'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { connect } from './connection.ts'
import { SILENT } from './log.ts'

/** Keeps mails to so many a second. */
export interface MailPace {
  /**
   * Returns whether one more mail may be sent, as soon as it may, or after that many milliseconds; those who wait get
   * their turn in order. Never throws. False at once when it is closed.
   */
  take(ms: number): Promise<boolean>
  close(): Promise<void>
}

/** A window that ends this very moment may still be counted. */
const SHORTEST_PAUSE_MS = 5

/**
 * Counts in Redis, for all processes together; while Redis is away each process counts for itself. The key holds a
 * count, and lives for a second.
 *
 * @param perSecond from 1
 */
export function mailPace(redisUrl: string, perSecond: number): MailPace {
  // The consumers beside it tell of outages.
  const connection = connect(redisUrl, 'limiter', SILENT)
  const window = { keyPrefix: 'mails', points: perSecond, duration: 1 }
  const limiter = new RateLimiterRedis({
    ...window,
    storeClient: connection,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(window),
  })
  const closing = new AbortController()
  let last: Promise<unknown> = Promise.resolve()

  /** Milliseconds until it is worth asking again; null: one more may be sent. */
  async function wait(): Promise<number | null> {
    try {
      await limiter.consume('all')
      return null
    } catch (error) {
      if (error instanceof RateLimiterRes) return Math.max(error.msBeforeNext, SHORTEST_PAUSE_MS)
      throw error
    }
  }

  async function takeUntil(until: number): Promise<boolean> {
    while (!closing.signal.aborted && performance.now() < until) {
      const ms = await wait()
      if (ms === null) return true
      await pause(Math.min(ms, until - performance.now()), undefined, { signal: closing.signal }).catch(() => {})
    }
    return false
  }

  return {
    take(ms) {
      const until = performance.now() + ms
      const taken = last.then(() => takeUntil(until))
      last = taken.catch(() => {})
      return taken
    },
    async close() {
      closing.abort()
      await last
      connection.disconnect()
    },
  }
}
