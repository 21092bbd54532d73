import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'

const ROWS = 200_000

describe('a server that dies under an import', () => {
  // One turn at a time and short ones, so that of two operations one always waits in Redis.
  const muster = brokenMuster({ WORKERS: '1', CONCURRENCY: '1', TURN_MS: '500' })

  it('is Redis, killed and started again', async () => {
    const started = await muster().startImport('redis-killed-', ROWS)
    await muster().reached(started, ROWS * 0.2)
    await muster().supervisor.killAndAwaitNext('redis')
    await muster().expectExactlyOnce(started)
    await muster().expectToGoOn('after-redis-')
  })

  it('is Redis, losing all that it holds', async () => {
    const started = await muster().startImport('flushed-', ROWS)
    const waiting = await muster().startImport('waiting-', ROWS / 10)
    await muster().reached(started, ROWS * 0.2)
    const redis = new Redis((await muster().supervisor.run()).redisUrl)
    expect(await redis.flushall()).toBe('OK')
    redis.disconnect()
    await muster().expectExactlyOnce(waiting)
    await muster().expectExactlyOnce(started)
    await muster().expectToGoOn('after-flush-')
  })

  it('is PostgreSQL, killed and started again', async () => {
    const started = await muster().startImport('postgres-killed-', ROWS)
    await muster().reached(started, ROWS * 0.3)
    await muster().supervisor.killAndAwaitNext('postgres')
    await muster().expectExactlyOnce(started)
    await muster().expectToGoOn('after-postgres-')
  })
})
