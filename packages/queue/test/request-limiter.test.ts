import { inTime } from '@muster/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RequestLimiter, requestLimiter } from '../src/index.ts'
import { freeze, kill, thaw } from './redis-outage.ts'
import { type RedisWithClient, redisWithClient } from './redis-with-client.ts'

describe('the request limiter', () => {
  let own: RedisWithClient
  const limiters: RequestLimiter[] = []

  beforeAll(async () => {
    own = await redisWithClient()
  })
  afterAll(() => own.stop())
  afterEach(async () => {
    await Promise.all(limiters.splice(0).map((limiter) => limiter.close()))
    await own.client.flushall()
  })

  const open = (perMinute: number) => {
    const limiter = requestLimiter(own.redis.url, perMinute)
    limiters.push(limiter)
    return limiter
  }
  /** One that Redis answers: what it counts, it counts there. */
  const connected = async (perMinute: number, tenantId = 1) => {
    const limiter = open(perMinute)
    await expect.poll(() => limiter.consume(tenantId).then(() => own.client.exists(`requests:${tenantId}`))).toBe(1)
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
    expect((await own.client.keys('*')).sort()).toEqual(['requests:1', 'requests:7'])
    expect(await own.client.pttl('requests:7')).toBeGreaterThan(0)
  })

  it('refuses and holds up nobody while Redis is away, but for who sends too much', async () => {
    const limiter = await connected(50)
    await kill(own.redis)
    const requests = async () => {
      for (let request = 0; request < 50; request++) expect((await limiter.consume(7)).allowed).toBe(true)
    }
    await inTime(500, requests())
    expect((await limiter.consume(7)).allowed).toBe(false)
    await own.redis.restart()
    await expect.poll(() => limiter.consume(9).then(() => own.client.exists('requests:9')), { timeout: 10_000 }).toBe(1)
  })

  it('holds up a request for a moment only while Redis is frozen', async () => {
    const limiter = await connected(50)
    freeze(own.redis)
    try {
      const answers = await inTime(500, Promise.all([1, 2, 3].map(() => limiter.consume(7))))
      expect(answers.every(({ allowed }) => allowed)).toBe(true)
    } finally {
      thaw(own.redis)
    }
  })
})
