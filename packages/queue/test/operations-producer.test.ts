import { randomUUID } from 'node:crypto'
import { inTime } from '@muster/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OperationsProducer, operationsProducer } from '../src/index.ts'
import { operationsQueue } from '../src/queues.ts'
import { recordingLog } from './recorder.ts'
import { freeze, kill, thaw } from './redis-outage.ts'
import { type RedisWithClient, redisWithClient } from './redis-with-client.ts'

const ENOUGH_MS = 1_600

describe('the producer', () => {
  let own: RedisWithClient
  let queue: ReturnType<typeof operationsQueue>
  let producer: OperationsProducer
  let log: ReturnType<typeof recordingLog>
  const operation = () => ({ operationId: randomUUID(), type: 'IMPORT_USERS' as const })

  beforeAll(async () => {
    own = await redisWithClient()
    queue = operationsQueue(own.client)
  })
  afterAll(() => own.stop())
  beforeEach(() => {
    log = recordingLog()
    producer = operationsProducer(own.redis.url, log)
  })
  afterEach(async () => {
    await producer.close()
    await own.client.flushall()
  })

  const onTime = <T>(work: Promise<T>): Promise<T> => inTime(ENOUGH_MS, work)

  it('makes a job that carries the operation’s id and type, and nothing else', async () => {
    const { operationId, type } = operation()
    expect(await producer.enqueue({ operationId, type })).toBe(true)
    const job = await queue.getJob(operationId)
    expect(job?.name).toBe('IMPORT_USERS')
    expect(job?.data).toEqual({ operationId })
  })

  it('makes a job of an operation’s messages beside that of its rows', async () => {
    const one = operation()
    await producer.enqueue(one)
    await producer.enqueue({ ...one, isDelivery: true })
    await producer.enqueue({ ...one, isDelivery: true })
    expect(await queue.getJobCountByTypes('waiting')).toBe(1)
    const deliveries = operationsQueue(own.client, 'deliveries')
    expect(await deliveries.getJobCountByTypes('waiting')).toBe(1)
    expect((await deliveries.getJob(one.operationId))?.data).toEqual({ operationId: one.operationId })
  })

  it('makes one job of an operation, however many ask at once', async () => {
    const one = operation()
    const asked = await Promise.all(Array.from({ length: 30 }, () => producer.enqueue(one)))
    expect(asked.every(Boolean)).toBe(true)
    expect(await queue.getJobCountByTypes('waiting', 'active', 'delayed')).toBe(1)
  })

  it('leaves the job of an operation that waits where it stands in the line', async () => {
    const [first, second] = [operation(), operation()]
    for (const each of [first, second, first]) await producer.enqueue(each)
    const line = await queue.getJobs(['waiting'], 0, -1, true)
    expect(line.map((job) => job.id)).toEqual([first.operationId, second.operationId])
  })

  it('leaves a job that is delayed', async () => {
    const one = operation()
    await queue.add(one.type, { operationId: one.operationId }, { jobId: one.operationId, delay: 60_000 })
    expect(await producer.enqueue(one)).toBe(true)
    expect(await queue.getJobState(one.operationId)).toBe('delayed')
  })

  for (const set of ['completed', 'failed'] as const) {
    it(`replaces a job that has ${set}`, async () => {
      const one = operation()
      await producer.enqueue(one)
      await own.client.lpop('bull:operations:wait')
      await own.client.zadd(`bull:operations:${set}`, Date.now(), one.operationId)
      expect(await queue.getJobState(one.operationId)).toBe(set)
      await producer.enqueue(one)
      expect(await queue.getJobState(one.operationId)).toBe('waiting')
    })
  }

  it('replaces what is left of a job that stands in no list', async () => {
    const one = operation()
    await own.client.hset(`bull:operations:${one.operationId}`, 'processedOn', '1')
    await producer.enqueue(one)
    expect(await queue.getJobState(one.operationId)).toBe('waiting')
    expect((await queue.getJob(one.operationId))?.data).toEqual({ operationId: one.operationId })
  })

  it('answers false in about a second while Redis is killed, throws nothing, and works when it is back', async () => {
    await producer.enqueue(operation())
    await kill(own.redis)
    expect(await onTime(producer.enqueue(operation()))).toBe(false)
    expect(await onTime(producer.nudge())).toBe(false)
    expect(await onTime(producer.isUp())).toBe(false)
    expect(log.lines.filter((line) => line.startsWith('Redis is away'))).toHaveLength(1)
    await own.redis.restart()
    await expect.poll(() => producer.isUp(), { timeout: 10_000 }).toBe(true)
    expect(await producer.enqueue(operation())).toBe(true)
  })

  it('answers false in about a second while Redis is frozen', async () => {
    expect(await producer.isUp()).toBe(true)
    freeze(own.redis)
    try {
      expect(await onTime(producer.enqueue(operation()))).toBe(false)
      expect(await onTime(producer.isUp())).toBe(false)
    } finally {
      thaw(own.redis)
    }
    await expect.poll(() => producer.enqueue(operation()), { timeout: 10_000 }).toBe(true)
  })

  it('may be opened while Redis is away', async () => {
    await kill(own.redis)
    const early = operationsProducer(own.redis.url, log)
    expect(await onTime(early.enqueue(operation()))).toBe(false)
    await own.redis.restart()
    await expect.poll(() => early.enqueue(operation()), { timeout: 10_000 }).toBe(true)
    await early.close()
  })
})
