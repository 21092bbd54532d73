import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { connect } from './connection.ts'
import { SILENT } from './log.ts'

/** What one more request finds. */
export interface Allowance {
  /** False: the tenant has used up its requests. */
  readonly allowed: boolean
  /** Requests of a tenant a minute. */
  readonly limit: number
  /** Requests left. */
  readonly remaining: number
  /** Milliseconds until all are there again. */
  readonly resetMs: number
}

/** Counts the requests of each tenant. */
export interface RequestLimiter {
  /** Counts one request. Never throws, and takes some 100 ms at most. */
  consume(tenantId: number): Promise<Allowance>
  close(): Promise<void>
}

const MINUTE_SECONDS = 60

/**
 * Counts in Redis, for all processes together. While Redis is away each process counts for itself, so that nobody is
 * refused or held up for that. A key holds a tenant's number, and lives for a minute.
 *
 * @param perMinute from 1
 */
export function requestLimiter(redisUrl: string, perMinute: number): RequestLimiter {
  // The producer beside it tells of outages.
  const connection = connect(redisUrl, 'limiter', SILENT)
  const window = { keyPrefix: 'requests', points: perMinute, duration: MINUTE_SECONDS }
  const limiter = new RateLimiterRedis({
    ...window,
    storeClient: connection,
    rejectIfRedisNotReady: true,
    // Who is over the limit is told so without Redis being asked again.
    inMemoryBlockOnConsumed: perMinute + 1,
    insuranceLimiter: new RateLimiterMemory(window),
  })
  return {
    async consume(tenantId) {
      try {
        return allowance(perMinute, true, await limiter.consume(tenantId))
      } catch (error) {
        if (error instanceof RateLimiterRes) return allowance(perMinute, false, error)
        throw error
      }
    },
    close: async () => {
      connection.disconnect()
    },
  }
}

function allowance(limit: number, allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Allowance {
  return { allowed, limit, remaining: Math.max(remainingPoints, 0), resetMs: Math.max(msBeforeNext, 0) }
}
