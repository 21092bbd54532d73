import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { brokenMuster } from './broken-muster.ts'
import { smartCards } from './smart-cards.ts'
import { everythingTold, namesOf } from './told.ts'
import { users } from './users-file.ts'

describe('a server that dies while users and smart cards come in', () => {
  // One turn at a time and short ones, so that of two operations one always waits in Redis.
  const muster = brokenMuster({ WORKERS: '1', CONCURRENCY: '1', TURN_MS: '500' })
  const kinds = [users, smartCards()]

  it('is Redis, killed and started again', async () => {
    const both = await muster().startAll(kinds, 'redis-killed')
    await muster().furthest(both, 0.2)
    await muster().supervisor.killAndAwaitNext('redis')
    for (const started of both) await muster().expectExactlyOnce(started)
    await muster().expectToGoOn('after-redis')
  })

  it('is Redis, losing all that it holds', async () => {
    const both = await muster().startAll(kinds, 'flushed')
    await muster().furthest(both, 0.2)
    const redis = new Redis((await muster().supervisor.run()).redisUrl)
    expect(await redis.flushall()).toBe('OK')
    redis.disconnect()
    for (const started of both) await muster().expectExactlyOnce(started)
    await muster().expectToGoOn('after-flush')
  })

  it.each(kinds)('is PostgreSQL, killed under $title and started again', async (kind) => {
    const started = await muster().start(kind, `postgres-killed-${kind.title}`)
    await muster().reached(started, kind.rows * 0.3)
    await muster().supervisor.killAndAwaitNext('postgres')
    await muster().expectExactlyOnce(started)
    await muster().expectToGoOn(`after-postgres-${kind.title}`)
  })

  it('holds and logs nothing of what came in, whoever died', async () => {
    const both = await muster().startAll(kinds, 'told', 0.1)
    await muster().furthest(both, 0.1)
    await muster().supervisor.killAndAwaitNext('worker')
    for (const started of both) await muster().expectExactlyOnce(started)
    const told = await everythingTold(muster().supervisor)
    for (const { id, upload } of both) {
      // What is searched is there: both know the operation by its id.
      const where = [expect.stringContaining('appendonly'), expect.stringContaining('logs/worker')]
      expect(namesOf(told, id)).toEqual(expect.arrayContaining(where))
      expect(upload.secrets.flatMap((secret) => namesOf(told, secret).map((name) => ({ name, secret })))).toEqual([])
    }
  })
})
