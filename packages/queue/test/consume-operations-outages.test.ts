import { once } from 'node:events'
import { inTime } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { consumerUnderTest, letters, named } from './consumer-under-test.ts'
import { recorder } from './recorder.ts'
import { kill } from './redis-outage.ts'

describe('a consumer that closes, or loses Redis', () => {
  const own = consumerUnderTest()
  const { consume, enqueue, settled } = own

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
    const handOver = async () => {
      await first.close()
      consume(async ({ operationId }) => {
        taken.add(operationId)
        return 'ended'
      })
      await taken.until((seen) => seen.length === 2)
    }
    await inTime(5_000, handOver())
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
    const job = await own.queue().getJob(id ?? '')
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
    await inTime(8_000, consumer.close())
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
    await kill(own.redis())
    await inTime(8_000, consumer.close())
    await own.redis().restart()
  })

  it('aborts a turn whose lock is lost, and lets it say so to nobody', async () => {
    const reasons = recorder<unknown>()
    const lost = recorder<string>()
    const [id] = named('a')
    await enqueue(id ?? '')
    consume(
      async ({ operationId, signal }) => {
        await own.client().del(`bull:operations:${operationId}:lock`)
        await once(signal, 'abort')
        reasons.add(signal.reason)
        return 'ended'
      },
      { lockDuration: 1_000, onLockLost: lost.add },
    )
    await reasons.until((seen) => seen.length === 1)
    expect(reasons.seen).toEqual(['lock-lost'])
    expect(lost.seen).toEqual([id])
    expect(await own.queue().getJobState(id ?? '')).toBe('active')
  })

  for (const result of ['ended', 'turn-over'] as const) {
    it(`survives FLUSHALL in the middle of a turn that says ${result}`, async () => {
      const turns = recorder<string>()
      const [first, second] = named('a', 'b')
      await enqueue(first ?? '')
      consume(async ({ operationId }) => {
        turns.add(operationId)
        if (operationId !== first) return 'ended'
        await own.client().flushall()
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
        await own.client().flushall()
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
        await kill(own.redis())
        expect(await othersWait()).toBe(false)
        await own.redis().restart()
        return 'turn-over'
      }
      return 'ended'
    })
    await turns.until((seen) => seen.length >= 2)
    await enqueue(second ?? '')
    await settled(second).toBe('completed')
    expect(own.log().lines.filter((line) => line.startsWith('Redis is back')).length).toBeGreaterThan(0)
  })

  it('may be started while Redis is away', async () => {
    await kill(own.redis())
    const turns = recorder<string>()
    consume(async ({ operationId }) => {
      turns.add(operationId)
      return 'ended'
    })
    await own.redis().restart()
    await enqueue(...named('a'))
    await turns.until((seen) => seen.length === 1)
  })
})
