import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type OperationsProducer,
  operationsProducer,
  type QueuedOperation,
  runDispatcher,
  type ScheduledWork,
} from '../src/index.ts'
import { dispatchQueue, operationsQueue } from '../src/queues.ts'
import { recorder, recordingLog } from './recorder.ts'
import { kill } from './redis-outage.ts'
import { type RedisWithClient, redisWithClient } from './redis-with-client.ts'

describe('the dispatcher', () => {
  let own: RedisWithClient
  let queue: ReturnType<typeof operationsQueue>
  let dispatching: ReturnType<typeof dispatchQueue>
  let producer: OperationsProducer
  let dispatchers: ScheduledWork[]
  const log = recordingLog()
  const operations: readonly QueuedOperation[] = Array.from({ length: 3 }, () => ({
    operationId: randomUUID(),
    type: 'QUICK_ENROLLMENT',
  }))

  beforeAll(async () => {
    own = await redisWithClient()
    queue = operationsQueue(own.client)
    dispatching = dispatchQueue(own.client)
  })
  afterAll(() => own.stop())
  beforeEach(() => {
    dispatchers = []
    producer = operationsProducer(own.redis.url, log)
  })
  afterEach(async () => {
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()))
    await producer.close()
    await own.client.flushall()
  })

  const start = (pending: () => Promise<readonly QueuedOperation[]>, everyMs: number) => {
    dispatchers.push(runDispatcher({ redisUrl: own.redis.url, everyMs, pending, producer, log }))
  }
  const waiting = () => queue.getJobCountByTypes('waiting')

  it('queues what PostgreSQL says is pending', async () => {
    start(async () => operations, 300)
    await expect.poll(waiting, { timeout: 10_000 }).toBe(3)
    const line = await queue.getJobs(['waiting'], 0, -1, true)
    expect(line.map((job) => job.data)).toEqual(operations.map(({ operationId }) => ({ operationId })))
  })

  it('rebuilds everything after FLUSHALL, its own schedule included, again and again', async () => {
    const runs = recorder<number>()
    start(async () => {
      runs.add(0)
      return operations
    }, 300)
    for (let round = 0; round < 3; round++) {
      await expect.poll(waiting, { timeout: 10_000 }).toBe(3)
      await own.client.flushall()
    }
    await expect.poll(waiting, { timeout: 10_000 }).toBe(3)
    const before = runs.seen.length
    await runs.until((seen) => seen.length >= before + 3)
  })

  it('tells how many jobs it made that nobody had asked for, those for messages left out', async () => {
    const repaired = recorder<number>()
    const [one, other] = operations
    if (one === undefined || other === undefined) throw new Error('no operations')
    const ticked = recorder<number>()
    let isThere = false
    const pending = async () => {
      ticked.add(0)
      return isThere ? [one, { ...other, isDelivery: true }] : []
    }
    // It ticks once, at its start.
    const hourly = runDispatcher({
      redisUrl: own.redis.url,
      everyMs: 3_600_000,
      pending,
      producer,
      onRepaired: repaired.add,
      log,
    })
    await ticked.until((seen) => seen.length === 1)
    isThere = true
    await expect.poll(() => producer.nudge()).toBe(true)
    await expect.poll(waiting).toBe(1)
    await hourly.close()
    expect(repaired.seen).toEqual([])
    await own.client.flushall()
    dispatchers.push(
      runDispatcher({ redisUrl: own.redis.url, everyMs: 300, pending, producer, onRepaired: repaired.add, log }),
    )
    await expect.poll(waiting).toBe(1)
    await repaired.until((seen) => seen.length === 1)
    expect(repaired.seen).toEqual([1])
  })

  it('goes on after Redis was killed and started again', async () => {
    const runs = recorder<number>()
    start(async () => {
      runs.add(0)
      return operations
    }, 300)
    await runs.until((seen) => seen.length >= 2)
    await kill(own.redis)
    await own.redis.restart()
    const before = runs.seen.length
    await runs.until((seen) => seen.length >= before + 3)
  })

  it('mends a schedule that has lost its next run', async () => {
    const runs = recorder<number>()
    start(async () => {
      runs.add(0)
      return []
    }, 300)
    await runs.until((seen) => seen.length >= 2)
    await own.client.del('bull:dispatch:delayed', 'bull:dispatch:wait', 'bull:dispatch:active')
    const before = runs.seen.length
    await runs.until((seen) => seen.length >= before + 3)
  })

  it('goes on after PostgreSQL could not be asked', async () => {
    const runs = recorder<number>()
    start(async () => {
      runs.add(0)
      if (runs.seen.length < 3) throw new Error('connection refused for "Tanaka Hanako"')
      return operations
    }, 300)
    await expect.poll(waiting, { timeout: 10_000 }).toBe(3)
    const failed = await dispatching.getFailed()
    expect(failed.length).toBeGreaterThan(0)
    expect(JSON.stringify(failed.map((job) => job.asJSON())) + log.lines.join()).not.toContain('Hanako')
  })

  it('ticks once an interval, however many processes take part', async () => {
    const runs = recorder<number>()
    const pending = async () => {
      runs.add(performance.now())
      return []
    }
    for (let processes = 0; processes < 4; processes++) start(pending, 500)
    await runs.until((seen) => seen.length >= 7)
    const [first, last] = [runs.seen[1] ?? 0, runs.seen[6] ?? 0]
    expect(last - first).toBeGreaterThan(1_900)
  })

  it('runs at once when nudged, and once for many nudges', async () => {
    const runs = recorder<number>()
    start(async () => {
      runs.add(0)
      return []
    }, 60_000)
    await runs.until((seen) => seen.length === 1)
    await Promise.all(Array.from({ length: 20 }, () => producer.nudge()))
    await runs.until((seen) => seen.length >= 2)
    await expect.poll(() => dispatching.getJobCountByTypes('active', 'waiting')).toBe(0)
    expect(runs.seen.length).toBeLessThanOrEqual(4)
  })

  it('runs once more for a nudge that comes while it runs', async () => {
    const runs = recorder<number>()
    let nudged = false
    start(async () => {
      runs.add(0)
      if (runs.seen.length === 2) nudged = await producer.nudge()
      return []
    }, 60_000)
    await runs.until((seen) => seen.length === 1)
    await producer.nudge()
    await runs.until((seen) => seen.length >= 3)
    expect(nudged).toBe(true)
  })

  it('may be started while Redis is away', async () => {
    await kill(own.redis)
    start(async () => operations, 300)
    await own.redis.restart()
    await expect.poll(waiting, { timeout: 10_000 }).toBe(3)
  })
})
