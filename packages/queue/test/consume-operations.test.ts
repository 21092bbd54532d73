import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type TestRedis, testRedis } from '@muster/testkit'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type ConsumeOptions,
  type Consumer,
  consumeOperations,
  type OperationsProducer,
  operationsProducer,
  type TurnHandler,
} from '../src/index.ts'
import { EXPRESS_QUEUE, operationsQueue } from '../src/queues.ts'
import { recorder, recordingLog } from './recorder.ts'
import { kill } from './redis-outage.ts'

describe('the consumer', () => {
  let redis: TestRedis
  let client: Redis
  let queue: ReturnType<typeof operationsQueue>
  let producer: OperationsProducer
  let log: ReturnType<typeof recordingLog>
  let consumers: Consumer[]

  beforeAll(async () => {
    redis = await testRedis()
    client = new Redis(redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 100 })
    client.on('error', () => {})
    queue = operationsQueue(client)
  })
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })
  beforeEach(() => {
    log = recordingLog()
    consumers = []
    producer = operationsProducer(redis.url, log)
  })
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()))
    await producer.close()
    await client.flushall()
  })

  const consume = (handler: TurnHandler, more: Partial<ConsumeOptions> = {}): Consumer => {
    const consumer = consumeOperations({ redisUrl: redis.url, concurrency: 1, handler, log, ...more })
    consumers.push(consumer)
    return consumer
  }
  const enqueue = async (...names: string[]) => {
    for (const operationId of names) {
      await expect.poll(() => producer.enqueue({ operationId, type: 'IMPORT_USERS' }), { timeout: 10_000 }).toBe(true)
    }
  }
  /** Ids that are UUIDs but for a letter that a test can read. */
  const named = (...letters: string[]) => letters.map((letter) => `${letter}-${randomUUID()}`)
  const letters = (ids: readonly string[]) => ids.map((id) => id[0]).join('')
  const settled = (operationId: string | undefined) =>
    expect.poll(() => queue.getJobState(operationId ?? ''), { timeout: 10_000 })

  it('gives each operation a turn, and lets the others go first when one is over', async () => {
    const turns = recorder<string>()
    const ids = named('a', 'b', 'c')
    await enqueue(...ids)
    consume(async ({ operationId }) => {
      turns.add(operationId)
      return turns.seen.filter((id) => id === operationId).length < 3 ? 'turn-over' : 'ended'
    })
    await turns.until((seen) => seen.length === 9)
    expect(letters(turns.seen)).toBe('abcabcabc')
    for (const id of ids) await settled(id).toBe('completed')
  })

  it('lets an operation that comes later have its turn between those of an earlier one', async () => {
    const turns = recorder<string>()
    const [long, short] = named('l', 's')
    await enqueue(long ?? '')
    consume(async ({ operationId }) => {
      turns.add(operationId)
      if (operationId === short) return 'ended'
      if (turns.seen.length === 1) await enqueue(short ?? '')
      return turns.seen.length < 3 ? 'turn-over' : 'ended'
    })
    await settled(long).toBe('completed')
    expect(letters(turns.seen)).toBe('lsl')
  })

  it('gives an express operation one turn, which does not wait for others, and ends its job', async () => {
    const turns = recorder<string>()
    const [long, small] = named('l', 's')
    await enqueue(long ?? '')
    consume(async ({ operationId, signal }) => {
      turns.add(operationId)
      await once(signal, 'abort')
      return 'turn-over'
    })
    await turns.until((seen) => seen.length === 1)
    consume(
      async ({ operationId, othersWait }) => {
        turns.add(`${operationId} ${await othersWait()}`)
        return 'turn-over'
      },
      { queue: EXPRESS_QUEUE, onJobEnded: () => turns.add('ended') },
    )
    const express = { operationId: small ?? '', type: 'IMPORT_USERS', isExpress: true } as const
    await producer.enqueue(express)
    await turns.until((seen) => seen.length === 3)
    expect(turns.seen).toEqual([long, `${small} true`, 'ended'])
    await producer.enqueue({ ...express, isExpress: false })
    await settled(small).toBe('waiting')
    expect(await operationsQueue(client, EXPRESS_QUEUE).getJobCounts('waiting', 'active')).toEqual({
      waiting: 0,
      active: 0,
    })
  })

  it('makes no second job of an operation in the other queue', async () => {
    const [id = ''] = named('a')
    await producer.enqueue({ operationId: id, type: 'IMPORT_USERS', isExpress: true })
    await producer.enqueue({ operationId: id, type: 'IMPORT_USERS' })
    expect(await queue.getJobState(id)).toBe('unknown')
  })

  it('goes on at once with an operation that is alone', async () => {
    const turns = recorder<number>()
    await enqueue(...named('a'))
    consume(async () => {
      turns.add(performance.now())
      return turns.seen.length < 20 ? 'turn-over' : 'ended'
    })
    await turns.until((seen) => seen.length === 20)
    expect((turns.seen.at(-1) ?? 0) - (turns.seen[0] ?? 0)).toBeLessThan(2_000)
  })

  it('tells a turn whether others wait, those that wait for a retry included', async () => {
    const answers = recorder<boolean>()
    await enqueue(...named('a', 'b', 'c'))
    let retried = false
    consume(async ({ operationId, othersWait }) => {
      if (operationId.startsWith('b') && !retried) {
        retried = true
        throw new Error('an outage')
      }
      answers.add(await othersWait())
      return 'ended'
    })
    await answers.until((seen) => seen.length === 3)
    expect(answers.seen).toEqual([true, true, false])
  })

  it('tries a turn that failed again, and keeps what the error says out of Redis', async () => {
    const turns = recorder<string>()
    const [id] = named('a')
    await enqueue(id ?? '')
    consume(async ({ operationId }) => {
      turns.add(operationId)
      if (turns.seen.length < 3) throw Object.assign(new Error('cannot parse "Tanaka Hanako"'), { code: '22P02' })
      return 'ended'
    })
    await turns.until((seen) => seen.length === 2)
    await settled(id).toBe('delayed')
    const stored = JSON.stringify(await client.hgetall(`bull:operations:${id}`))
    expect(stored).toContain('22P02')
    expect(stored).not.toContain('Hanako')
    await settled(id).toBe('completed')
    expect(turns.seen).toHaveLength(3)
  })

  it('tells when a job has ended, so that it can be made again, and not when a turn is over', async () => {
    const [first, second] = named('a', 'b')
    const states = recorder<string>()
    const turns = recorder<string>()
    await enqueue(first ?? '', second ?? '')
    consume(
      async ({ operationId }) => {
        turns.add(operationId)
        return turns.seen.length === 1 ? 'turn-over' : 'ended'
      },
      { onJobEnded: () => void queue.getJobState(second ?? '').then((state) => states.add(state)) },
    )
    await states.until((seen) => seen.length === 2)
    expect(letters(turns.seen)).toBe('aba')
    expect(states.seen[0]).toBe('completed')
  })

  it('shows how many rows are done', async () => {
    const [id] = named('a')
    await enqueue(id ?? '')
    consume(async ({ progress }) => {
      for (let rowsDone = 1; rowsDone <= 1_000; rowsDone++) progress({ rowsDone })
      return 'ended'
    })
    await settled(id).toBe('completed')
    expect((await queue.getJob(id ?? ''))?.progress).toEqual({ rowsDone: 1_000 })
    const events = await client.xrange('bull:operations:events', '-', '+')
    expect(events.filter(([, fields]) => fields.includes('progress')).length).toBeLessThanOrEqual(3)
  })

  it('hands its operations over to another worker at once when it closes', async () => {
    const reasons = recorder<unknown>()
    const started = recorder<string>()
    const [id, other] = named('a', 'b')
    const first = consume(
      async ({ operationId, signal }) => {
        started.add(operationId)
        await once(signal, 'abort')
        reasons.add(signal.reason)
        return 'turn-over'
      },
      // Who waits for these locks to end is too late below.
      { concurrency: 2, lockDuration: 60_000 },
    )
    await enqueue(id ?? '', other ?? '')
    await started.until((seen) => seen.length === 2)
    const taken = recorder<string>()
    const begun = performance.now()
    await first.close()
    consume(async ({ operationId }) => {
      taken.add(operationId)
      return 'ended'
    })
    await taken.until((seen) => seen.length === 2)
    expect(performance.now() - begun).toBeLessThan(20_000)
    expect(reasons.seen).toEqual(['shutdown', 'shutdown'])
  })

  it('counts an error after the abort as the end of the turn', async () => {
    const started = recorder<string>()
    const [id] = named('a')
    await enqueue(id ?? '')
    const consumer = consume(async ({ operationId, signal }) => {
      started.add(operationId)
      await once(signal, 'abort')
      throw signal.reason
    })
    await started.until((seen) => seen.length === 1)
    await consumer.close()
    const job = await queue.getJob(id ?? '')
    expect(await job?.getState()).toBe('waiting')
    expect(job?.attemptsMade).toBe(0)
  })

  it('closes in bounded time though a turn does not end', async () => {
    const started = recorder<string>()
    await enqueue(...named('a'))
    const consumer = consume(({ operationId }) => {
      started.add(operationId)
      return new Promise(() => {})
    })
    await started.until((seen) => seen.length === 1)
    await consumer.close()
  })

  it('closes in bounded time though Redis is away', async () => {
    const started = recorder<string>()
    await enqueue(...named('a'))
    const consumer = consume(async ({ operationId, signal }) => {
      started.add(operationId)
      await once(signal, 'abort')
      return 'turn-over'
    })
    await started.until((seen) => seen.length === 1)
    await kill(redis)
    await consumer.close()
    await redis.restart()
  })

  it('aborts a turn whose lock is lost, and lets it say so to nobody', async () => {
    const reasons = recorder<unknown>()
    const lost = recorder<string>()
    const [id] = named('a')
    await enqueue(id ?? '')
    consume(
      async ({ operationId, signal }) => {
        await client.del(`bull:operations:${operationId}:lock`)
        await once(signal, 'abort')
        reasons.add(signal.reason)
        return 'ended'
      },
      { lockDuration: 1_000, onLockLost: lost.add },
    )
    await reasons.until((seen) => seen.length === 1)
    expect(reasons.seen).toEqual(['lock-lost'])
    expect(lost.seen).toEqual([id])
    expect(await queue.getJobState(id ?? '')).toBe('active')
  })

  for (const result of ['ended', 'turn-over'] as const) {
    it(`survives FLUSHALL in the middle of a turn that says ${result}`, async () => {
      const turns = recorder<string>()
      const [first, second] = named('a', 'b')
      await enqueue(first ?? '')
      consume(async ({ operationId }) => {
        turns.add(operationId)
        if (operationId !== first) return 'ended'
        await client.flushall()
        return result
      })
      await turns.until((seen) => seen.length === 1)
      await enqueue(second ?? '')
      await settled(second).toBe('completed')
      expect(letters(turns.seen)).toBe('ab')
    })
  }

  it('does not run two turns of one operation side by side after FLUSHALL', async () => {
    const turns = recorder<'begin' | 'end'>()
    const [id] = named('a')
    await enqueue(id ?? '')
    consume(
      async ({ signal }) => {
        turns.add('begin')
        if (turns.seen.length > 1) return 'ended'
        await client.flushall()
        await enqueue(id ?? '') // as the dispatcher does
        await once(signal, 'abort')
        turns.add('end')
        return 'turn-over'
      },
      { concurrency: 2 },
    )
    await settled(id).toBe('completed')
    expect(turns.seen).toEqual(['begin', 'end', 'begin'])
  })

  it('goes on after Redis was killed and started again during a turn', async () => {
    const turns = recorder<string>()
    const [first, second] = named('a', 'b')
    await enqueue(first ?? '')
    consume(async ({ operationId, othersWait }) => {
      turns.add(operationId)
      if (turns.seen.length === 1) {
        await kill(redis)
        expect(await othersWait()).toBe(false)
        await redis.restart()
        return 'turn-over'
      }
      return 'ended'
    })
    await turns.until((seen) => seen.length >= 2)
    await enqueue(second ?? '')
    await settled(second).toBe('completed')
    expect(log.lines.filter((line) => line.startsWith('Redis is back')).length).toBeGreaterThan(0)
  })

  it('may be started while Redis is away', async () => {
    await kill(redis)
    const turns = recorder<string>()
    consume(async ({ operationId }) => {
      turns.add(operationId)
      return 'ended'
    })
    await redis.restart()
    await enqueue(...named('a'))
    await turns.until((seen) => seen.length === 1)
  })
})
