import { quickEnrollmentOptions } from '@muster/operations'
import { type EngineHarness, engineHarness } from '@muster/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let harness: EngineHarness
beforeAll(async () => {
  harness = await engineHarness()
  await harness.database.pool.query('insert into groups (tenant_id, name) values ($1, $2)', [
    harness.database.tenantId,
    'Sales',
  ])
})
afterAll(() => harness.database.drop())

/** Rows with few keys, so that many repeat, some of them wrong in ways that the checks or only the directory know. */
const importRow = fc.record({
  userId: fc.constantFrom('', 'a', 'b', 'c', 'd', 'old'),
  email: fc.constantFrom('', 'x@example.com', 'bad'),
  group: fc.constantFrom('', 'Sales', 'Nowhere'),
  broken: fc.nat({ max: 9 }).map((n) => n === 0),
})
type ImportRow = typeof importRow extends fc.Arbitrary<infer T> ? T : never

/** What one row after the other would do to a directory that has the user `old`. */
function sequentially(rows: readonly ImportRow[]): { failures: string[]; users: string[] } {
  const failures: string[] = []
  const appliedBy = new Map<string, number>()
  for (const [index, { userId, email, group, broken }] of rows.entries()) {
    const row = index + 1
    const mistakes: string[] = []
    if (broken) mistakes.push('MALFORMED_ROW')
    else {
      if (userId === '') mistakes.push('REQUIRED userId')
      if (email === 'bad') mistakes.push('INVALID_EMAIL email')
      if (group === 'Nowhere') mistakes.push('GROUP_NOT_FOUND group')
      if (userId === 'old') mistakes.push('USER_EXISTS userId')
      const first = appliedBy.get(userId)
      if (first !== undefined) mistakes.push(`DUPLICATE_KEY userId ${first}`)
    }
    if (mistakes.length === 0) appliedBy.set(userId, row)
    failures.push(...mistakes.map((mistake) => `${row} ${mistake}`))
  }
  return { failures: failures.sort(), users: [...appliedBy.keys(), 'old'].sort() }
}

const csv = (rows: readonly ImportRow[]) =>
  `userId,email,group\n${rows.map(({ userId, email, group, broken }) => (broken ? 'x"y' : `${userId},${email},${group}`)).join('\n')}\n`

describe('the outcome of an operation', () => {
  it('is that of its rows applied one after the other, whatever chunks, lanes, turns and broken-off turns there are', async () => {
    const rows = fc.array(importRow, { minLength: 1, maxLength: 40 })
    const settings = fc.record({
      chunkSize: fc.integer({ min: 1, max: 20 }),
      lanes: fc.integer({ min: 1, max: 4 }),
      chunksPerTurn: fc.integer({ min: 1, max: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(rows, settings, async (each, { chunkSize, lanes, chunksPerTurn }) => {
        await harness.clear()
        await harness.database.pool.query(`insert into users (tenant_id, user_id) values ($1, 'old')`, [
          harness.database.tenantId,
        ])
        const id = await harness.upload(csv(each))
        while ((await harness.turn(id, { chunks: chunksPerTurn, engine: { chunkSize, lanes } })) === 'turn-over');
        const outcome = await harness.outcome(id)
        const expected = sequentially(each)
        expect(outcome.failures.map((f) => f.replace(/^(\d+ MALFORMED_ROW).*/, '$1')).sort()).toEqual(expected.failures)
        expect((await harness.users()).map(({ user_id }) => user_id)).toEqual(expected.users)
        expect(outcome.total).toBe(each.length)
        expect(outcome.succeeded + outcome.failed).toBe(each.length)
        expect(harness.told.mismatches).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('is the same at chunk sizes 1, 7 and 5,000 and lanes 1, 2 and 4', async () => {
    const lines = Array.from({ length: 600 }, (_, i) =>
      i % 50 === 7
        ? 'stray"quote'
        : `user${i % 400},${i % 23 === 0 ? 'bad' : `u${i}@example.com`},${i % 31 === 0 ? 'Nowhere' : 'Sales'}`,
    )
    const file = `userId,email,group\n${lines.join('\n')}\n`
    const results: unknown[] = []
    for (const chunkSize of [1, 7, 5_000]) {
      for (const lanes of [1, 2, 4]) {
        await harness.clear()
        const outcome = await harness.run(file, {}, { chunkSize, lanes })
        results.push({ outcome, users: await harness.users() })
      }
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  it('is the same for enrollments too', async () => {
    const configs = [
      { id: '1', name: 'Email', factorType: 'EmailAuthenticator', settings: {} },
      { id: '2', name: 'SMS', factorType: 'SMSAuthenticator', settings: {} },
    ] as const
    const people = Array.from({ length: 100 }, (_, i) => `u${i},u${i}@example.com`).join('\n')
    const lines = Array.from({ length: 300 }, (_, i) => {
      const about = `${i % 3 === 0 ? 'U' : 'u'}${(i * 7) % 120}@example.com`
      return `${about},${i % 2 === 0 ? 'x@example.com' : ''},${i % 5 === 0 ? '+1415555012' : i % 7 === 0 ? 'bad' : ''}`
    })
    const file = `Primary Email,Email,Mobile Number\n${lines.join('\n')}\n`
    const results: unknown[] = []
    for (const [chunkSize, lanes] of [
      [1, 4],
      [7, 1],
      [7, 2],
      [5_000, 1],
      [5_000, 4],
    ] as const) {
      await harness.clear()
      await harness.run(`userId,email\n${people}\n`)
      const outcome = await harness.run(
        file,
        { type: 'QUICK_ENROLLMENT', options: quickEnrollmentOptions(configs, false) },
        { chunkSize, lanes },
      )
      const { rows } = await harness.database.pool.query(
        'select u.user_id, e.factor_config_id, e.data from enrollments e join users u on u.id = e.user_id order by 1, 2',
      )
      results.push({ outcome, rows })
    }
    for (const result of results) expect(result).toEqual(results[0])
    expect(results[0]).toMatchObject({ outcome: { state: 'COMPLETED', total: 300 } })
  })
})
