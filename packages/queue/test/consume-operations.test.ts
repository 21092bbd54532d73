import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { EXPRESS_QUEUE, operationsQueue } from '../src/queues.ts'
import { consumerUnderTest, letters, named } from './consumer-under-test.ts'
import { recorder } from './recorder.ts'

describe('the consumer', () => {
  const own = consumerUnderTest()
  const { consume, enqueue, settled } = own

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
    await own.producer().enqueue(express)
    await turns.until((seen) => seen.length === 3)
    expect(turns.seen).toEqual([long, `${small} true`, 'ended'])
    await own.producer().enqueue({ ...express, isExpress: false })
    await settled(small).toBe('waiting')
    expect(await operationsQueue(own.client(), EXPRESS_QUEUE).getJobCounts('waiting', 'active')).toEqual({
      waiting: 0,
      active: 0,
    })
  })

  it('makes no second job of an operation in the other queue', async () => {
    const [id = ''] = named('a')
    await own.producer().enqueue({ operationId: id, type: 'IMPORT_USERS', isExpress: true })
    await own.producer().enqueue({ operationId: id, type: 'IMPORT_USERS' })
    expect(await own.queue().getJobState(id)).toBe('unknown')
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
    const stored = JSON.stringify(await own.client().hgetall(`bull:operations:${id}`))
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
      {
        onJobEnded: () =>
          void own
            .queue()
            .getJobState(second ?? '')
            .then((state) => states.add(state)),
      },
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
    expect((await own.queue().getJob(id ?? ''))?.progress).toEqual({ rowsDone: 1_000 })
    const events = await own.client().xrange('bull:operations:events', '-', '+')
    expect(events.filter(([, fields]) => fields.includes('progress')).length).toBeLessThanOrEqual(3)
  })
})
