import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { TurnObserver } from '../src/index.ts'
import { consumerUnderTest, named } from './consumer-under-test.ts'
import { recorder } from './recorder.ts'

function observing() {
  const told = recorder<string>()
  const seconds: number[] = []
  const observer: TurnObserver = {
    turn(queue, result, took) {
      told.add(`${queue} ${result}`)
      seconds.push(took)
    },
    stalled: (queue) => told.add(`${queue} stalled`),
  }
  return { told, seconds, observer }
}

describe('an observer of turns', () => {
  const own = consumerUnderTest()
  const { consume, enqueue, settled } = own

  it('is told of each turn, of its queue and of what became of it', async () => {
    const { told, seconds, observer } = observing()
    const [id = ''] = named('a')
    await enqueue(id)
    const results = ['fails', 'turn-over', 'ended'] as const
    consume(
      async () => {
        const result = results[told.seen.length] ?? 'ended'
        if (result === 'fails') throw new Error('an outage')
        return result
      },
      { observer },
    )
    await settled(id).toBe('completed')
    expect(told.seen).toEqual(['operations failed', 'operations over', 'operations ended'])
    for (const took of seconds) expect(took).toBeGreaterThan(0)
  })

  it('names the queue that a turn was given from', async () => {
    const { told, observer } = observing()
    consume(async () => 'turn-over', { observer, queue: 'express' })
    const [operationId = ''] = named('a')
    await own.producer().enqueue({ operationId, type: 'IMPORT_USERS', isExpress: true })
    await told.until((seen) => seen.length === 1)
    expect(told.seen).toEqual(['express over'])
  })

  it('is told of a turn that lost its lock, and of the job that stalled by that', async () => {
    const { told, observer } = observing()
    const [id = ''] = named('a')
    await enqueue(id)
    let turns = 0
    consume(
      async ({ signal }) => {
        if (++turns > 1) return 'ended'
        await own.client().del(`bull:operations:${id}:lock`)
        await once(signal, 'abort')
        return 'ended'
      },
      { lockDuration: 1_000, observer },
    )
    await settled(id).toBe('completed')
    expect([...told.seen].sort()).toEqual(['operations ended', 'operations lost', 'operations stalled'])
  })
})
