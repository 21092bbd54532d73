import { randomUUID } from 'node:crypto'
import { inTime } from '@muster/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../src/connection.ts'
import {
  type Consumer,
  consumeOperations,
  type OperationsProducer,
  operationsProducer,
  type TurnHandler,
  type WatchedQueues,
  watchQueues,
} from '../src/index.ts'
import { recordingLog } from './recorder.ts'
import { freeze, kill, thaw } from './redis-outage.ts'
import { type RedisWithClient, redisWithClient } from './redis-with-client.ts'

describe('what is observed of Redis', () => {
  let own: RedisWithClient
  let queues: WatchedQueues
  let producer: OperationsProducer
  let consumers: Consumer[]
  const log = recordingLog()

  beforeAll(async () => {
    own = await redisWithClient()
  })
  afterAll(() => own.stop())
  beforeEach(() => {
    consumers = []
    queues = watchQueues(own.redis.url, log)
    producer = operationsProducer(own.redis.url, log)
  })
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()))
    await producer.close()
    await queues.close()
    await own.client.flushall()
  })

  const consume = (handler: TurnHandler) =>
    consumers.push(consumeOperations({ redisUrl: own.redis.url, concurrency: 1, handler, log }))
  const enqueue = async (operationId: string, isExpress = false) => {
    await expect.poll(() => producer.enqueue({ operationId, type: 'IMPORT_USERS', isExpress })).toBe(true)
  }
  /** Of a queue; the first question may come before there is a connection. */
  const depth = async (name: string) => (await queues.depths()).find(({ queue }) => queue === name)
  const connected = () =>
    expect
      .poll(() =>
        queues.depths().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)

  it('is how many jobs of each queue are in which state', async () => {
    await connected()
    expect((await queues.depths()).map(({ queue }) => queue)).toEqual([
      'operations',
      'express',
      'deliveries',
      'dispatch',
      'maintenance',
    ])
    expect(await depth('operations')).toEqual({
      queue: 'operations',
      jobs: { waiting: 0, prioritized: 0, active: 0, delayed: 0, completed: 0, failed: 0 },
      oldestSeconds: 0,
    })
    let free = () => {}
    consume(
      () =>
        new Promise((resolve) => {
          free = () => resolve('ended')
        }),
    )
    await enqueue(randomUUID())
    await expect.poll(async () => (await depth('operations'))?.jobs['active']).toBe(1)
    await enqueue(randomUUID())
    await enqueue(randomUUID(), true)
    expect((await depth('operations'))?.jobs).toMatchObject({ waiting: 1, active: 1 })
    expect((await depth('express'))?.jobs).toMatchObject({ waiting: 1, active: 0 })
    free()
  })

  it('is for how long the next job has waited, from when it was put in or had its last turn', async () => {
    await connected()
    const [first, second] = [randomUUID(), randomUUID()]
    await enqueue(first)
    await enqueue(second)
    const hoursAgo = (hours: number) => Date.now() - hours * 3_600_000
    await own.client.hset(`bull:operations:${first}`, 'timestamp', hoursAgo(3))
    await own.client.hset(`bull:operations:${second}`, 'timestamp', hoursAgo(1))
    const oldestHours = async () => ((await depth('operations'))?.oldestSeconds ?? 0) / 3_600
    expect(await oldestHours()).toBeCloseTo(3, 1)
    await own.client.hset(`bull:operations:${first}`, 'processedOn', hoursAgo(2))
    expect(await oldestHours()).toBeCloseTo(2, 1)
  })

  it('is how many processes listen to the queue of operations', async () => {
    await connected()
    expect(await queues.workers()).toBe(0)
    consume(async () => 'ended')
    // Those of one process count once.
    consume(async () => 'ended')
    await expect.poll(() => queues.workers()).toBe(1)
    const other = connect(own.redis.url, 'worker', log)
    await other.client('SETNAME', `bull:${Buffer.from('operations').toString('base64')}:w:elsewhere:1`)
    expect(await queues.workers()).toBe(2)
    other.disconnect()
    await consumers[0]?.close()
    await consumers[1]?.close()
    await expect.poll(() => queues.workers()).toBe(0)
  })

  it('is unknown of workers where Redis does not list its clients', async () => {
    await own.client.call('ACL', 'SETUSER', 'hosted', 'on', '>hosted', 'allkeys', 'allcommands', '-client|list')
    const url = new URL(own.redis.url)
    url.username = 'hosted'
    url.password = 'hosted'
    const hosted = watchQueues(url.href, log)
    await expect
      .poll(() =>
        hosted.redis().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    expect(await hosted.workers()).toBeNull()
    await hosted.close()
  })

  it('is its memory, what it has thrown away, and whether it may', async () => {
    await connected()
    expect(await queues.redis()).toMatchObject({ memoryLimitBytes: 0, evictedKeys: 0, isNoEviction: true })
    expect((await queues.redis()).memoryBytes).toBeGreaterThan(100_000)
    await own.client.config('SET', 'maxmemory', '3000000', 'maxmemory-policy', 'allkeys-lru')
    try {
      for (let part = 0; part < 60; part++) await own.client.set(`filler:${part}`, 'x'.repeat(100_000))
      const state = await queues.redis()
      expect(state).toMatchObject({ memoryLimitBytes: 3_000_000, isNoEviction: false })
      expect(state.evictedKeys).toBeGreaterThan(0)
    } finally {
      await own.client.config('SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction')
    }
  })

  for (const [what, end, mend] of [
    ['stopped', () => kill(own.redis), () => own.redis.restart()],
    ['hanging', () => freeze(own.redis), () => thaw(own.redis)],
  ] as const) {
    it(`fails within some two seconds while Redis is ${what}, and is told again after`, async () => {
      await connected()
      await end()
      try {
        const asked = [queues.depths(), queues.workers(), queues.redis()]
        for (const answer of await inTime(3_500, Promise.allSettled(asked))) expect(answer.status).toBe('rejected')
      } finally {
        await mend()
      }
      await connected()
    })
  }
})
