import { setTimeout as pause } from 'node:timers/promises'
import { LeaseLost, type OperationStore } from '@muster/engine'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())

const file = (rows: number) => `userId\n${Array.from({ length: rows }, (_, i) => `u${i + 1}`).join('\n')}\n`

/** A store whose n-th chunk transaction does `before` in the middle: after its effects, before its checkpoint. */
function interrupted(store: OperationStore, at: number, before: () => Promise<void>): OperationStore {
  let transactions = 0
  return {
    ...store,
    transaction: (work) =>
      store.transaction(async (tx) => {
        const last = ++transactions === at
        return work({
          apply: (claim, statement) => tx.apply(claim, statement),
          record: async (claim, record) => {
            if (last) await before()
            return tx.record(claim, record)
          },
        })
      }),
  }
}

describe('a lease', () => {
  it('is lost to whoever claims the operation, and the late chunk leaves nothing', async () => {
    const id = await harness.upload(file(10))
    const { store } = harness.engine
    const lost = harness.told.leasesLost
    const takeover = async () => void (await store.claim(id, () => 1))
    const end = await harness.turn(id, { engine: { chunkSize: 2, lanes: 1, store: interrupted(store, 3, takeover) } })
    expect(end).toBe('ended')
    expect(harness.told.leasesLost).toBe(lost + 1)
    expect(await harness.users()).toHaveLength(4)
    expect(await harness.outcome(id)).toMatchObject({ state: 'PROCESSING', succeeded: 4 })

    await harness.turn(id)
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', total: 10, succeeded: 10, failures: [] })
  })

  it('is demanded by everything that writes', async () => {
    const id = await harness.upload(file(3))
    const { store } = harness.engine
    const old = await store.claim(id, () => 2)
    await store.claim(id, () => 2)
    if (old === null) throw new Error('not claimed')
    const [checkpoint] = old.checkpoints
    if (checkpoint === undefined) throw new Error('no lanes')
    const record = {
      lane: 0,
      succeeded: 1,
      unchanged: 0,
      failed: 0,
      failedRows: [],
      checkpoint,
      mark: null,
      origins: [],
      deferred: [],
    }
    await expect(store.transaction((tx) => tx.record(old, record))).rejects.toThrow(LeaseLost)
    await expect(store.advance(old, [{ lane: 0, checkpoint }])).rejects.toThrow(LeaseLost)
    await expect(store.setNormalised(old, 'x', 1)).rejects.toThrow(LeaseLost)
    await expect(store.complete(old, 3)).rejects.toThrow(LeaseLost)
    await expect(store.fail(old, 'x')).rejects.toThrow(LeaseLost)
    await expect(store.stop(old, 'x', null)).rejects.toThrow(LeaseLost)
  })

  it('cannot be had of an operation that has ended', async () => {
    const id = await harness.upload(file(1))
    await harness.turn(id)
    expect(await harness.engine.store.claim(id, () => 2)).toBeNull()
    expect(await harness.turn(id)).toBe('ended')
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', succeeded: 1 })
  })
})

describe('a turn that breaks off', () => {
  it('keeps what was committed, and the next goes on after it', async () => {
    const id = await harness.upload(file(100))
    const outage = () => Promise.reject(new Error('the database went away'))
    for (let at = 1; at <= 5; at++) {
      const store = interrupted(harness.engine.store, at, outage)
      await expect(harness.turn(id, { engine: { chunkSize: 7, lanes: 3, store } })).rejects.toThrow('went away')
    }
    await harness.turn(id)
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', total: 100, succeeded: 100, failures: [] })
    expect(await harness.users()).toHaveLength(100)
  })

  it('leaves no transaction running behind it', async () => {
    const id = await harness.upload(file(50))
    let finished = 0
    const { store } = harness.engine
    const slowOnce: OperationStore = {
      ...store,
      transaction: async (work) => {
        const number = ++finished
        if (number === 1) throw new Error('no')
        await pause(50)
        const result = await store.transaction(work)
        finished += 100
        return result
      },
    }
    await expect(harness.turn(id, { engine: { chunkSize: 50, lanes: 2, store: slowOnce } })).rejects.toThrow('no')
    expect(finished).toBeGreaterThan(100)
  })

  it('ends after the chunk at hand when it is told to', async () => {
    const id = await harness.upload(file(100))
    const signal = AbortSignal.abort('shutdown')
    expect(await harness.turn(id, { signal, engine: { chunkSize: 10, lanes: 1 } })).toBe('turn-over')
    expect(await harness.outcome(id)).toMatchObject({ state: 'PROCESSING', succeeded: 10 })
  })
})

describe('lanes without rows of their own', () => {
  it('move on too, so that a next turn need not read from the start', async () => {
    const id = await harness.upload(`userId\n${'same\n'.repeat(100)}`)
    await harness.turn(id, { chunks: 5, engine: { chunkSize: 10, lanes: 4 } })
    const { rows } = await harness.database.pool.query('select distinct row_number, byte from lanes')
    expect(rows).toEqual([{ row_number: '50', byte: '257' }])
  })
})

describe('the time to the first row', () => {
  beforeEach(() => {
    harness.told.firstRows.length = 0
  })

  it('is told once an operation, however many turns, lanes and chunks it has', async () => {
    const id = await harness.upload(file(40))
    await harness.database.pool.query(`update operation_history set at = at - interval '1 hour'`)
    for (let turns = 0; turns < 3; turns++) await harness.turn(id, { chunks: 1, engine: { chunkSize: 5, lanes: 2 } })
    await harness.turn(id)
    expect(await harness.outcome(id)).toMatchObject({ state: 'COMPLETED', succeeded: 40 })
    expect(harness.told.firstRows).toHaveLength(1)
    expect(harness.told.firstRows[0]).toBeGreaterThanOrEqual(3_600)
    expect(harness.told.firstRows[0]).toBeLessThan(3_700)
  })

  it('is told of the chunk that is committed, not of one that was rolled back', async () => {
    const id = await harness.upload(file(10))
    const { store } = harness.engine
    const dies = async () => {
      throw new Error('the worker died')
    }
    await expect(harness.turn(id, { engine: { lanes: 1, store: interrupted(store, 1, dies) } })).rejects.toThrow('died')
    expect(harness.told.firstRows).toEqual([])
    await harness.turn(id)
    expect(harness.told.firstRows).toHaveLength(1)
  })

  it('is that since the last pause was over', async () => {
    const id = await harness.upload(file(10))
    await harness.database.pool.query(`update operation_history set at = at - interval '1 hour'`)
    await harness.messages.control(id, 'pause')
    await harness.messages.control(id, 'resume')
    await harness.turn(id)
    expect(harness.told.firstRows).toHaveLength(1)
    expect(harness.told.firstRows[0]).toBeLessThan(600)
  })
})
