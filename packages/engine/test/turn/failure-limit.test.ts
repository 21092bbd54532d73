import { type EngineHarness, engineHarness } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
})
afterAll(() => harness.database.drop())
beforeEach(() => harness.clear())

/** A file whose rows fail where `fails` says so. */
const file = (rows: number, fails: (row: number) => boolean) =>
  `userId,email\n${Array.from({ length: rows }, (_, i) => `${fails(i + 1) ? '' : `u${i + 1}`},\n`)
    .join('')
    .replaceAll(/^,$/gm, ',x@example.com')}`

const everyTenth = (row: number) => row % 10 === 0

describe('maxFailedRows', () => {
  it.each([
    [1, 1],
    [1, 3],
    [7, 2],
    [15, 4],
    [5_000, 1],
    [5_000, 2],
  ])('ends an operation by what is in its file alone: chunks of %i, %i lanes', async (chunkSize, lanes) => {
    const allowed = await harness.run(file(60, everyTenth), { policy: { maxFailedRows: 6 } }, { chunkSize, lanes })
    expect(allowed).toMatchObject({ state: 'COMPLETED', total: 60, succeeded: 54, failed: 6 })
    await harness.clear()

    const { fault, ...stopped } = await harness.run(
      file(60, everyTenth),
      { policy: { maxFailedRows: 5 } },
      { chunkSize, lanes },
    )
    expect(stopped).toMatchObject({ state: 'FAILED', total: 60, failed: 6 })
    expect(fault).toBe(
      'It was stopped: 6 rows failed, more than the 5 that maxFailedRows allows. Rows applied before stay applied.',
    )
    expect(stopped.failures).toHaveLength(stopped.failed)
    expect(await harness.users()).toHaveLength(stopped.succeeded)
    expect(harness.told.mismatches).toBe(0)
  })

  it('of 0 stops at the first, within the chunk at hand, and the rest is counted', async () => {
    const chunks = harness.told.chunks
    const outcome = await harness.run(
      file(1_000, (row) => row === 15),
      { policy: { maxFailedRows: 0 } },
      { chunkSize: 10, lanes: 1 },
    )
    expect(outcome).toMatchObject({ state: 'FAILED', total: 1_000, succeeded: 19, failed: 1 })
    expect(outcome.fault).toMatch(/^It was stopped: 1 row failed, more than the 0 that/)
    expect(harness.told.chunks).toBe(chunks + 2)
  })

  it('is remembered when the worker died before it could end the operation', async () => {
    const id = await harness.upload(
      file(100, (row) => row <= 10),
      { policy: { maxFailedRows: 9 } },
    )
    const store = { ...harness.engine.store, stop: () => Promise.reject(new Error('killed')) }
    await expect(harness.turn(id, { engine: { store, chunkSize: 10, lanes: 1 } })).rejects.toThrow('killed')
    expect(await harness.outcome(id)).toMatchObject({ state: 'PROCESSING', succeeded: 0, failed: 10 })

    const chunks = harness.told.chunks
    expect(await harness.turn(id)).toBe('ended')
    expect(await harness.outcome(id)).toMatchObject({ state: 'FAILED', total: 100, succeeded: 0, failed: 10 })
    expect(harness.told.chunks).toBe(chunks)
  })
})

describe('maxFailedRatio', () => {
  it('says nothing of fewer than 1,000 rows', async () => {
    const policy = { maxFailedRatio: 0.1 }
    expect(
      await harness.run(
        file(999, () => true),
        { policy },
      ),
    ).toMatchObject({ state: 'COMPLETED', failed: 999 })
    const { state, fault } = await harness.run(
      file(1_000, () => true),
      { policy },
    )
    expect(state).toBe('FAILED')
    expect(fault).toBe(
      'It was stopped: 1,000 of 1,000 rows failed, more than the part of 0.1 that maxFailedRatio allows. Rows applied before stay applied.',
    )
  })

  it('allows exactly its part', async () => {
    expect(await harness.run(file(1_200, everyTenth), { policy: { maxFailedRatio: 0.1 } })).toMatchObject({
      state: 'COMPLETED',
      failed: 120,
    })
    await harness.clear()
    expect(await harness.run(file(1_200, everyTenth), { policy: { maxFailedRatio: 0.099 } })).toMatchObject({
      state: 'FAILED',
      total: 1_200,
    })
  })

  it('counts the rows of earlier turns', async () => {
    const id = await harness.upload(
      file(1_500, (row) => row <= 300),
      { policy: { maxFailedRatio: 0.25 } },
    )
    const engine = { chunkSize: 100, lanes: 1 }
    expect(await harness.turn(id, { chunks: 9, engine })).toBe('turn-over')
    await harness.turn(id, { engine })
    expect(await harness.outcome(id)).toMatchObject({ state: 'FAILED', total: 1_500, succeeded: 700, failed: 300 })
  })
})
