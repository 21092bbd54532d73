import { type TestRedis, testRedis } from '@muster/testkit'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RequestLimiter, requestLimiter } from '../src/index.ts'
import { freeze, kill, thaw } from './redis-outage.ts'

describe('the request limiter', () => {
  let redis: TestRedis
  let client: Redis
  const limiters: RequestLimiter[] = []

  beforeAll(async () => {
    redis = await testRedis()
    client = new Redis(redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 100 })
    client.on('error', () => {})
  })
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })
  afterEach(async () => {
    await Promise.all(limiters.splice(0).map((limiter) => limiter.close()))
    await client.flushall()
  })

  const open = (perMinute: number) => {
    const limiter = requestLimiter(redis.url, perMinute)
    limiters.push(limiter)
    return limiter
  }
  /** One that Redis answers: what it counts, it counts there. */
  const connected = async (perMinute: number, tenantId = 1) => {
    const limiter = open(perMinute)
    await expect.poll(() => limiter.consume(tenantId).then(() => client.exists(`requests:${tenantId}`))).toBe(1)
    return limiter
  }

  it('allows so many requests of a tenant, for all processes together, and tells what is left', async () => {
    const [one, other] = [await connected(3, 1), await connected(3, 2)]
    expect(await one.consume(7)).toMatchObject({ allowed: true, limit: 3, remaining: 2 })
    expect(await other.consume(7)).toMatchObject({ allowed: true, remaining: 1 })
    expect(await one.consume(7)).toMatchObject({ allowed: true, remaining: 0 })
    for (const limiter of [other, one, other]) {
      const refused = await limiter.consume(7)
      expect(refused).toMatchObject({ allowed: false, remaining: 0 })
      expect(refused.resetMs).toBeGreaterThan(50_000)
      expect(refused.resetMs).toBeLessThanOrEqual(60_000)
    }
    expect(await one.consume(8)).toMatchObject({ allowed: true, remaining: 2 })
  })

  it('keeps a tenant’s number and a count in Redis, for a minute', async () => {
    const limiter = await connected(3)
    await limiter.consume(7)
    expect((await client.keys('*')).sort()).toEqual(['requests:1', 'requests:7'])
    expect(await client.pttl('requests:7')).toBeGreaterThan(0)
  })

  it('refuses and holds up nobody while Redis is away, but for who sends too much', async () => {
    const limiter = await connected(50)
    await kill(redis)
    // Redis stays away until they are through.
    for (let request = 0; request < 50; request++) expect((await limiter.consume(7)).allowed).toBe(true)
    expect((await limiter.consume(7)).allowed).toBe(false)
    await redis.restart()
    await expect.poll(() => limiter.consume(9).then(() => client.exists('requests:9')), { timeout: 10_000 }).toBe(1)
  })

  it('holds up a request for a moment only while Redis is frozen', async () => {
    const limiter = await connected(50)
    freeze(redis)
    try {
      // Until they are through.
      const answers = await Promise.all([1, 2, 3].map(() => limiter.consume(7)))
      expect(answers.every(({ allowed }) => allowed)).toBe(true)
    } finally {
      thaw(redis)
    }
  })
})
