import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestRedis, testRedis } from '../src/test-redis.ts'

describe('testRedis', () => {
  let redis: TestRedis
  let other: TestRedis
  beforeAll(async () => {
    ;[redis, other] = await Promise.all([testRedis(), testRedis()])
  })
  afterAll(() => Promise.all([redis.stop(), other.stop()]))

  it('keeps its data and its address over a restart', async () => {
    const client = new Redis(redis.url)
    await client.set('kept', 'yes')
    client.disconnect()
    const before = redis.server().pid
    await redis.restart()
    expect(redis.server().pid).not.toBe(before)
    const again = new Redis(redis.url)
    expect(await again.get('kept')).toBe('yes')
    again.disconnect()
  })

  it('is not touched by the FLUSHALL of another', async () => {
    const [mine, theirs] = [new Redis(redis.url), new Redis(other.url)]
    await mine.set('mine', '1')
    await theirs.flushall()
    expect(await mine.get('mine')).toBe('1')
    mine.disconnect()
    theirs.disconnect()
  })
})
