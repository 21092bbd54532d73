import { EventEmitter, once } from 'node:events'
import { type Consumer, consumeOperations, type OperationsProducer, operationsProducer } from '@muster/queue'
import { type EngineHarness, engineHarness, type TestRedis, testRedis } from '@muster/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { takeTurns } from '../src/take-turns.ts'

const SILENT = { info: () => {}, warn: () => {}, error: () => {} }

let harness: EngineHarness
let redis: TestRedis
let producer: OperationsProducer
beforeAll(async () => {
  harness = await engineHarness()
  redis = await testRedis()
  producer = operationsProducer(redis.url, SILENT)
})
afterAll(async () => {
  await producer.close()
  await redis.stop()
  await harness.database.drop()
})

const consumers: Consumer[] = []
afterEach(async () => {
  for (const consumer of consumers.splice(0)) await consumer.close()
})

/** A worker of one slot whose chunks are small, and what it tells. */
function work(chunkSize: number) {
  const events = new EventEmitter()
  const observer = {
    ...harness.engine.observer,
    chunk: () => void events.emit('chunk'),
    ended: (_type: unknown, _state: unknown, operationId: string) => void events.emit('ended', operationId),
  }
  const handler = takeTurns({ ...harness.engine, chunkSize, observer }, 100, async () => true)
  const onJobEnded = () => void events.emit('next')
  const consumer = consumeOperations({ redisUrl: redis.url, concurrency: 1, handler, onJobEnded, log: SILENT })
  consumers.push(consumer)
  return { events, consumer }
}

const users = (prefix: string, rows: number) =>
  `userId\n${Array.from({ length: rows }, (_, i) => `${prefix}${i}`).join('\n')}\n`

describe('turns', () => {
  it('let a small operation finish while a huge one runs, which then goes on', async () => {
    const [huge, small] = [await harness.upload(users('h', 20_000)), await harness.upload(users('s', 10))]
    const { events } = work(50)
    await producer.enqueue({ operationId: huge, type: 'IMPORT_USERS' })
    await once(events, 'chunk')
    await producer.enqueue({ operationId: small, type: 'IMPORT_USERS' })
    expect(await once(events, 'ended')).toEqual([small])
    expect(await once(events, 'ended')).toEqual([huge])
    expect(await harness.outcome(huge)).toMatchObject({ state: 'COMPLETED', total: 20_000, succeeded: 20_000 })
  })

  it('are handed over when the worker stops, and nothing is done twice', async () => {
    const id = await harness.upload(users('k', 20_000))
    const { events, consumer } = work(50)
    await producer.enqueue({ operationId: id, type: 'IMPORT_USERS' })
    await once(events, 'chunk')
    await consumer.close()
    const { succeeded, state } = await harness.outcome(id)
    expect(state).toBe('PROCESSING')
    expect(succeeded).toBeLessThan(20_000)

    const next = work(5_000)
    await once(next.events, 'ended')
    expect(await harness.outcome(id)).toMatchObject({
      state: 'COMPLETED',
      total: 20_000,
      succeeded: 20_000,
      failures: [],
    })
  })

  it('ask for the next operation when one has ended', async () => {
    const id = await harness.upload(users('n', 1))
    const { events } = work(50)
    const next = once(events, 'next')
    await producer.enqueue({ operationId: id, type: 'IMPORT_USERS' })
    await next
    expect((await harness.outcome(id)).state).toBe('COMPLETED')
  })

  it('leave nothing of a row in Redis, whether it succeeded, failed, or broke the turn', async () => {
    const secrets = ['jane.roe@private.example', '+14155559999', 'Roe-Considine', 'u-4711']
    const rows = `u-4711,Roe-Considine,jane.roe@private.example,+14155559999\nu-4711,Roe-Considine,jane.roe@private.example,\n,Roe-Considine,no,0\n`
    const id = await harness.upload(`userId,lastName,email,mobile\n${rows}`)
    const { events } = work(1)
    await producer.enqueue({ operationId: id, type: 'IMPORT_USERS' })
    await once(events, 'ended')

    const broken = await harness.upload(`userId\nu-4711\n`)
    const failing = {
      ...harness.engine.store,
      transaction: () => Promise.reject(new Error(`duplicate key: ${secrets.join()}`)),
    }
    const handler = takeTurns({ ...harness.engine, store: failing }, 100, async () => true)
    await consumers.pop()?.close()
    const told = new EventEmitter()
    const log = { ...SILENT, error: () => void told.emit('error-logged') }
    consumers.push(consumeOperations({ redisUrl: redis.url, concurrency: 1, handler, log }))
    const failed = once(told, 'error-logged')
    await producer.enqueue({ operationId: broken, type: 'IMPORT_USERS' })
    await failed
    await consumers.pop()?.close()

    const written = await redis.written()
    expect(written).toContain(broken)
    for (const secret of secrets) expect(written).not.toContain(secret)
  })
})
