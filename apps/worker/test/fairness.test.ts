import { EventEmitter, once } from 'node:events'
import { isPending, pendingOperations } from '@muster/database'
import {
  type Consumer,
  type OperationsProducer,
  operationsProducer,
  runDispatcher,
  type ScheduledWork,
} from '@muster/queue'
import { type EngineHarness, engineHarness, type TestRedis, testRedis } from '@muster/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { consumeTurns } from '../src/consume-turns.ts'
import { takeTurns } from '../src/take-turns.ts'

const SILENT = { info: () => {}, warn: () => {}, error: () => {} }
/** The dispatcher runs when it is nudged, and for nothing else. */
const NEVER_MS = 3_600_000

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

const running: (Consumer | ScheduledWork)[] = []
beforeEach(() => harness.clear())
afterEach(async () => {
  for (const each of running.splice(0)) await each.close()
})

type Event = 'begun' | 'turn over' | 'job over' | 'ended'

/** A worker with one turn at a time beside the express one, and its dispatcher, put together as the worker's main module does. */
async function work(perTenant: number, turnMs = 100) {
  const { pool } = harness.database
  const told = new EventEmitter()
  const happened: string[] = []
  const tell = (event: Event, operationId: string) => {
    happened.push(`${event} ${operationId}`)
    told.emit('happened')
  }
  const observer = {
    ...harness.engine.observer,
    ended: (_type: unknown, _state: unknown, operationId: string) => tell('ended', operationId),
  }
  const turns = takeTurns({ ...harness.engine, chunkSize: 50, observer }, turnMs, (id) =>
    isPending(pool, id, perTenant),
  )
  running.push(
    consumeTurns({
      redisUrl: redis.url,
      concurrency: 1,
      handler: async (turn) => {
        tell('begun', turn.operationId)
        const result = await turns(turn)
        tell(result === 'ended' ? 'job over' : 'turn over', turn.operationId)
        return result
      },
      deliver: async () => 'ended',
      onJobEnded: () => void producer.nudge(),
      log: SILENT,
    }),
    runDispatcher({
      redisUrl: redis.url,
      everyMs: NEVER_MS,
      pending: () => pendingOperations(pool, perTenant),
      producer,
      log: SILENT,
    }),
  )
  expect(await producer.nudge()).toBe(true)
  return {
    /** Returns when this has happened to the operation, if it has not before. */
    async until(event: Event, operationId: string): Promise<void> {
      while (!happened.includes(`${event} ${operationId}`)) await once(told, 'happened')
    },
    /** Operations that have ended, in this order. */
    ended: () => happened.filter((each) => each.startsWith('ended ')).map((each) => each.slice('ended '.length)),
    happened,
  }
}

const users = (prefix: string, rows: number) =>
  `userId\n${Array.from({ length: rows }, (_, i) => `${prefix}${i}`).join('\n')}\n`

describe('fairness', () => {
  it('begins an operation for a nudge alone', async () => {
    const { until } = await work(4)
    for (let each = 0; each < 20; each++) {
      const id = await harness.upload(users(`n${each}-`, 1))
      await producer.nudge()
      await until('ended', id)
    }
    // The dispatcher would not have run by itself: see NEVER_MS.
    expect(await harness.users()).toHaveLength(20)
  })

  it('makes a huge operation give way to a small one of its tenant, and lets it go on afterwards', async () => {
    const [oldest, huge] = [await harness.upload(users('o', 6_000)), await harness.upload(users('h', 5_000))]
    const { until, ended, happened } = await work(2)
    await until('turn over', huge)
    // Small, and yet in flight for longer than the turn that the huge one is in.
    const small = await harness.upload(users('s', 1_000))
    await producer.nudge()
    await until('job over', huge)
    await until('ended', small)
    expect(ended()).toEqual([small])
    expect(happened).not.toContain(`ended ${huge}`)
    for (const id of [oldest, huge]) {
      await until('ended', id)
      expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', failed: 0 })
    }
  })

  it('begins a small operation while the turns of large ones last', async () => {
    const large = await harness.upload(users('l', 150_000))
    const { until, ended } = await work(2, 60_000)
    await until('begun', large)
    const small = await harness.upload(users('s', 10))
    await producer.nudge()
    await until('ended', small)
    expect(ended()).toEqual([small])
    await harness.database.pool.query(
      `update operations set paused = true, changed_by = 'test' where state = 'PROCESSING'`,
    )
    await harness.database.pool.query('update lanes set lease = lease + 1')
    await until('job over', large)
  })

  it('lets another tenant’s first operation pass fifty that one tenant has queued', async () => {
    const many: string[] = []
    for (let each = 0; each < 50; each++) many.push(await harness.upload(users(`m${each}-`, 1_000)))
    const { until, ended } = await work(4)
    await until('ended', many[0] ?? '')
    const first = await harness.upload(users('f', 10))
    await harness.database.pool.query(
      `with other as (insert into tenants (name) values ('other') returning id)
      update operations set tenant_id = other.id from other where operations.id = $1`,
      [first],
    )
    const before = ended().length
    await producer.nudge()
    await until('ended', first)
    expect(ended().length - before).toBeLessThanOrEqual(6)
  })
})
