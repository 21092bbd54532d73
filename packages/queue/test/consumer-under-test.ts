import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import {
  type ConsumeOptions,
  type Consumer,
  consumeOperations,
  type OperationsProducer,
  operationsProducer,
  type TurnHandler,
} from '../src/index.ts'
import { operationsQueue } from '../src/queues.ts'
import { recordingLog } from './recorder.ts'
import { type RedisWithClient, redisWithClient } from './redis-with-client.ts'

/** Ids that are UUIDs but for a letter that a test can read. */
export const named = (...letters: string[]) => letters.map((letter) => `${letter}-${randomUUID()}`)
export const letters = (ids: readonly string[]) => ids.map((id) => id[0]).join('')

/** For a `describe`: a Redis for all its tests, emptied after each, and consumers that are closed after theirs. */
export function consumerUnderTest() {
  let own: RedisWithClient
  let queue: ReturnType<typeof operationsQueue>
  let producer: OperationsProducer
  let log: ReturnType<typeof recordingLog>
  let consumers: Consumer[]

  beforeAll(async () => {
    own = await redisWithClient()
    queue = operationsQueue(own.client)
  })
  afterAll(() => own.stop())
  beforeEach(() => {
    log = recordingLog()
    consumers = []
    producer = operationsProducer(own.redis.url, log)
  })
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()))
    await producer.close()
    await own.client.flushall()
  })

  return {
    redis: () => own.redis,
    client: () => own.client,
    queue: () => queue,
    producer: () => producer,
    log: () => log,
    consume(handler: TurnHandler, more: Partial<ConsumeOptions> = {}): Consumer {
      const consumer = consumeOperations({ redisUrl: own.redis.url, concurrency: 1, handler, log, ...more })
      consumers.push(consumer)
      return consumer
    },
    async enqueue(...names: string[]) {
      for (const operationId of names) {
        await expect.poll(() => producer.enqueue({ operationId, type: 'IMPORT_USERS' }), { timeout: 10_000 }).toBe(true)
      }
    },
    settled: (operationId: string | undefined) =>
      expect.poll(() => queue.getJobState(operationId ?? ''), { timeout: 10_000 }),
  }
}
