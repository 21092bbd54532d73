import type { FileStore } from '@muster/engine'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())

const file = (rows: number) => `userId\n${Array.from({ length: rows }, (_, i) => `u${i + 1}`).join('\n')}\n`

/** What the API does, in one transaction as one statement is. */
const cancel = (id: string) =>
  harness.database.pool.query(
    `with cancelled as (
      update operations set state = 'CANCELLED', reason = 'no', changed_by = 'test', ended_at = now(), lease = lease + 1
      where id = '${id}' returning number, lease
    ) update lanes set lease = cancelled.lease from cancelled where operation_number = number`,
  )

/** The store, with something done in the middle of the n-th chunk: after its effects, before its checkpoint. */
function withInMiddleOf(chunk: number, act: () => Promise<unknown>) {
  const { store } = harness.engine
  let chunks = 0
  return {
    ...store,
    transaction: ((work) =>
      store.transaction(async (tx) => {
        const number = ++chunks
        return work({
          apply: (claim, statement) => tx.apply(claim, statement),
          record: async (claim, record) => {
            if (number === chunk) await act()
            return tx.record(claim, record)
          },
        })
      })) as typeof store.transaction,
  }
}

describe('an operation cancelled while it runs', () => {
  it('has the rows counted that were not reached, and no lease is told lost', async () => {
    const id = await harness.upload(file(100))
    const lost = harness.told.leasesLost
    const store = withInMiddleOf(3, () => cancel(id))
    expect(await harness.turn(id, { engine: { store, chunkSize: 10, lanes: 1 } })).toBe('ended')
    expect(await harness.outcome(id)).toMatchObject({ state: 'CANCELLED', total: 100, succeeded: 20, failed: 0 })
    expect(await harness.users()).toHaveLength(20)
    expect(harness.told.leasesLost).toBe(lost)
    expect(harness.told.mismatches).toBe(0)
  })

  it('is counted from where it was left, by whoever has the turn', async () => {
    const id = await harness.upload(file(100))
    await harness.turn(id, { chunks: 4, engine: { chunkSize: 10, lanes: 2 } })
    await cancel(id)
    const { files, from } = watched()
    expect(await harness.turn(id, { engine: { files } })).toBe('ended')
    expect(await harness.outcome(id)).toMatchObject({ state: 'CANCELLED', total: 100, succeeded: 40 })
    expect(from).toEqual([Buffer.byteLength(file(40))])
  })

  it('has as many rows as were read, when its file is gone', async () => {
    const id = await harness.upload(file(100))
    await harness.turn(id, { chunks: 4, engine: { chunkSize: 10 } })
    await cancel(id)
    await harness.files.remove(`operations/${id}`)
    await harness.turn(id)
    expect(await harness.outcome(id)).toMatchObject({ state: 'CANCELLED', total: 40, succeeded: 40 })
  })
})

describe('an operation paused while it runs', () => {
  it('is let go of, and no lease is told lost', async () => {
    const id = await harness.upload(file(30))
    const lost = harness.told.leasesLost
    const pause = async () => {
      await harness.database.pool.query(
        `with paused as (
          update operations set paused = true, reason = 'wait', changed_by = 'test', lease = lease + 1 returning number, lease
        ) update lanes set lease = paused.lease from paused where operation_number = number`,
      )
    }
    const store = withInMiddleOf(2, pause)
    expect(await harness.turn(id, { engine: { store, chunkSize: 10, lanes: 1 } })).toBe('ended')
    expect(await harness.turn(id)).toBe('ended')
    expect(await harness.outcome(id)).toMatchObject({ state: 'PROCESSING', total: null, succeeded: 10 })
    expect(harness.told.leasesLost).toBe(lost)
  })
})

describe('an operation cancelled before its first turn', () => {
  it('is counted although there is no copy in UTF-8', async () => {
    const shiftJis = Buffer.concat([
      Buffer.from('userId,firstName\n\na,'),
      Buffer.from([0x91, 0xbe]),
      Buffer.from('\nb,"x'),
    ])
    const id = await harness.upload(Buffer.concat([shiftJis, Buffer.from('\ny"\n\nc,\n')]), { encoding: 'Shift_JIS' })
    await cancel(id)
    expect(await harness.turn(id)).toBe('ended')
    expect(await harness.outcome(id)).toMatchObject({ state: 'CANCELLED', total: 3, succeeded: 0 })
    expect(await harness.users()).toEqual([])
  })
})

describe('counting', () => {
  const ROWS = 20_000
  const long = `userId,firstName\n${Array.from({ length: ROWS }, (_, i) => `u${i},${'x'.repeat(60)}\n`).join('')}`

  it.each(['UTF-8', 'ISO-8859-1'] as const)('goes on in the next turn where it was left: %s', async (encoding) => {
    const id = await harness.upload(long, { encoding })
    await cancel(id)
    let turns = 1
    while ((await harness.turn(id, { chunks: 1 })) === 'turn-over') turns++
    expect(turns).toBeGreaterThan(3)
    expect(await harness.outcome(id)).toMatchObject({ state: 'CANCELLED', total: ROWS })
    const { files, from } = watched()
    const row = await harness.row(id, ROWS / 2, { files })
    expect(row).toEqual({ outcome: 'unprocessed', line: null, byte: null, failures: [] })
    expect(from).toEqual([])
  })

  it('ends when the worker must let go', async () => {
    const id = await harness.upload(long)
    await cancel(id)
    expect(await harness.turn(id, { signal: AbortSignal.abort('shutdown') })).toBe('turn-over')
    expect((await harness.outcome(id)).total).toBeNull()
  })

  it('may be done by two workers at once', async () => {
    const id = await harness.upload(long)
    await cancel(id)
    await Promise.all([harness.turn(id, { chunks: 2 }), harness.turn(id)])
    while ((await harness.turn(id)) === 'turn-over');
    expect(await harness.outcome(id)).toMatchObject({ total: ROWS })
  })

  it('does not change a total that is known', async () => {
    const id = await harness.upload(file(3))
    await cancel(id)
    const { store } = harness.engine
    const uncounted = await store.uncounted(id)
    if (uncounted === null) throw new Error('nothing to count')
    expect(await store.count(uncounted, 3)).toEqual({ total: 3, succeeded: 0, unchanged: 0, failed: 0 })
    expect(await store.count(uncounted, 4)).toBeNull()
    expect(await store.uncounted(id)).toBeNull()
    expect((await harness.outcome(id)).total).toBe(3)
  })
})

/** The file store, and from which byte on each file is read. */
function watched(): { files: FileStore; from: number[] } {
  const from: number[] = []
  const { files } = harness
  const read: FileStore['read'] = (key, byte = 0) => {
    from.push(byte)
    return files.read(key, byte)
  }
  return { files: { ...files, read }, from }
}
