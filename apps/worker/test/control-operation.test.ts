import { EventEmitter, once } from 'node:events'
import { type Control, controlOperation, isPending, pendingOperations } from '@muster/database'
import { type Consumer, type OperationsProducer, operationsProducer, runDispatcher } from '@muster/queue'
import { type EngineHarness, engineHarness, type TestRedis, testRedis } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consumeTurns } from '../src/consume-turns.ts'
import { takeTurns } from '../src/take-turns.ts'

const SILENT = { info: () => {}, warn: () => {}, error: () => {} }
const IN_FLIGHT = 4
/** Longer than any test may take: what goes on does so because it was nudged. */
const DISPATCHER_MS = 3_600_000

const events = new EventEmitter()
let harness: EngineHarness
let redis: TestRedis
let producer: OperationsProducer
let dispatcher: ReturnType<typeof runDispatcher>
let consumer: Consumer
/** No chunk is begun before it is settled. */
let gate: Promise<void> = Promise.resolve()
beforeAll(async () => {
  harness = await engineHarness()
  redis = await testRedis()
  producer = operationsProducer(redis.url, SILENT)
  const { pool } = harness.database
  dispatcher = runDispatcher({
    redisUrl: redis.url,
    everyMs: DISPATCHER_MS,
    pending: () => pendingOperations(pool, IN_FLIGHT),
    producer: {
      ...producer,
      enqueue: (operation) => producer.enqueue(operation).finally(() => events.emit('looked-at')),
    },
    log: SILENT,
  })
  const observer = {
    ...harness.engine.observer,
    chunk: () => void events.emit('chunk'),
    ended: (_type: unknown, state: unknown) => void events.emit('ended', state),
  }
  const { store } = harness.engine
  const transaction: typeof store.transaction = async (work) => {
    events.emit('chunk-begins')
    await gate
    return store.transaction(work)
  }
  const engine = { ...harness.engine, store: { ...store, transaction }, chunkSize: 20, observer }
  const handler = takeTurns(engine, 100, (id) => isPending(pool, id, IN_FLIGHT))
  const onJobEnded = () => {
    events.emit('job-ended')
    void producer.nudge()
  }
  const deliver = async () => 'ended' as const
  consumer = consumeTurns({ redisUrl: redis.url, concurrency: 1, handler, deliver, onJobEnded, log: SILENT })
})
afterAll(async () => {
  await consumer.close()
  await Promise.all([dispatcher.close(), producer.close()])
  await redis.stop()
  await harness.database.drop()
})

/** As the API does it. */
async function control(id: string, what: Control): Promise<void> {
  const asked = { tenantId: harness.database.tenantId, id, control: what, by: 'somebody', reason: null }
  const answer = await controlOperation(harness.database.pool, asked)
  expect(answer?.changed, what).toBe(true)
  void producer.nudge()
}

const users = (prefix: string, rows: number) =>
  `userId\n${Array.from({ length: rows }, (_, i) => `${prefix}${i}`).join('\n')}\n`

describe('an operation in the hands of a worker', () => {
  it('goes on at once when it is resumed, its job having ended before', async () => {
    const id = await harness.upload(users('r', 2_000))
    const first = once(events, 'chunk')
    await producer.nudge()
    await first
    const jobEnded = once(events, 'job-ended')
    await control(id, 'pause')
    await jobEnded
    const [chunk, ended] = [once(events, 'chunk'), once(events, 'ended')]
    await control(id, 'resume')
    await chunk
    expect(await ended).toEqual(['COMPLETED'])
    expect(await harness.outcome(id)).toMatchObject({ total: 2_000, succeeded: 2_000, failures: [] })
  })

  it('goes on at once when it was resumed while its old turn, and so its job, had not ended yet', async () => {
    const id = await harness.upload(users('q', 2_000))
    const first = once(events, 'chunk')
    await producer.nudge()
    await first
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    await once(events, 'chunk-begins')
    await control(id, 'pause')
    const lookedAt = once(events, 'looked-at')
    await control(id, 'resume')
    await lookedAt
    const [chunk, ended] = [once(events, 'chunk'), once(events, 'ended')]
    open()
    await chunk
    expect(await ended).toEqual(['COMPLETED'])
    expect(await harness.outcome(id)).toMatchObject({ total: 2_000, succeeded: 2_000, failures: [] })
  })

  it('loses it when it is cancelled, and its slot is free for the next at once', async () => {
    const [long, next] = [await harness.upload(users('l', 20_000)), await harness.upload(users('n', 1))]
    const firstChunk = once(events, 'chunk')
    await producer.enqueue({ operationId: long, type: 'IMPORT_USERS' })
    await firstChunk
    await control(long, 'cancel')
    const { succeeded } = await harness.outcome(long)
    const ended = once(events, 'ended')
    await producer.enqueue({ operationId: next, type: 'IMPORT_USERS' })
    await ended
    expect(await harness.outcome(next)).toMatchObject({ state: 'COMPLETED', succeeded: 1 })
    expect(await harness.outcome(long)).toMatchObject({ state: 'CANCELLED', succeeded })
    expect(succeeded).toBeLessThan(20_000)
  })
})
