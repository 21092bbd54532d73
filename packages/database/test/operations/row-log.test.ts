import { type TestDatabase, testDatabase } from '@muster/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRowLog } from '../../src/operations/row-log.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

const CHUNK_AT = new Date('2026-02-19T13:15:27.123Z')
const SETTLED_AT = new Date('2026-02-19T13:16:27.456Z')
const MISTAKE = { code: 'MAIL_REFUSED', column: null, params: { reply: '550' } } as const

/** What a row has come to, with what must be told of it. */
const FATES = {
  succeeded: { outcome: 'succeeded', mistake: null, at: CHUNK_AT },
  unchanged: { outcome: 'unchanged', mistake: null, at: CHUNK_AT },
  failed: { outcome: 'failed', mistake: MISTAKE, at: CHUNK_AT },
  waiting: { outcome: 'unprocessed', mistake: null, at: null },
  delivered: { outcome: 'succeeded', mistake: null, at: SETTLED_AT },
  refused: { outcome: 'failed', mistake: MISTAKE, at: SETTLED_AT },
} as const

type Fate = keyof typeof FATES
const FATE = fc.constantFrom(...(Object.keys(FATES) as Fate[]))

let operations = 0

/** Records what became of the rows of a new operation, chunk by chunk: its number. */
async function recorded(chunks: readonly (readonly Fate[])[]): Promise<bigint> {
  const number = BigInt(++operations)
  let row = 0
  await execute('insert into lanes values ($1, 0, $2, 1, $3, 1, 0)', number, chunks.flat().length)
  for (const fates of chunks) {
    const first = row + 1
    const unchanged = Buffer.alloc(Math.ceil(fates.length / 8))
    for (const [index, fate] of fates.entries()) {
      row++
      if (fate === 'unchanged') unchanged[index >> 3] = (unchanged[index >> 3] ?? 0) | (1 << (index & 7))
      if (fate === 'failed' || fate === 'refused') {
        const insert = `insert into failed_rows values ($1, $3, 0, $2, 1, '${MISTAKE.code}', null, '{"reply": "550"}'), ($1, $3, 1, $2, 1, 'REQUIRED', 'id', null)`
        await execute(insert, number, row)
      }
      if (fate === 'waiting' || fate === 'delivered' || fate === 'refused') {
        const insert = `insert into outbox (operation_number, tenant_id, row_number, lane, line, subject_id, settled_at) values ($1, $2, $3, 0, 1, 1, $4)`
        await execute(insert, number, row, fate === 'waiting' ? null : SETTLED_AT)
      }
    }
    const insert = `insert into chunks (operation_number, tenant_id, lane, row_number, line, byte, first_row, unchanged, at) values ($1, $2, 0, $3, 1, 0, $4, $5, $6)`
    await execute(insert, number, row, first, fates.includes('unchanged') ? unchanged : null, CHUNK_AT)
  }
  return number
}

async function execute(sql: string, number: bigint, ...values: readonly unknown[]): Promise<void> {
  await database.pool.query(sql, [number, database.tenantId, ...values])
}

describe('the log of rows', () => {
  it('tells of any rows of any operation what became of them, in their order', async () => {
    const chunks = fc.array(fc.array(FATE, { minLength: 1, maxLength: 20 }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(80), fc.nat(80), async (given, from, length) => {
        const number = await recorded(given)
        const first = from + 1
        const told = await readRowLog(database.pool, number, first, first + length)
        const fates = given.flat()
        const expected = Array.from({ length: length + 1 }, (_, index) => {
          const fate = fates[from + index]
          const never = { outcome: 'unprocessed', mistake: null, at: null }
          return { row: first + index, ...(fate === undefined ? never : FATES[fate]) }
        })
        expect(told).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('does not take rows that were only counted for processed ones', async () => {
    const number = await recorded([['succeeded', 'unchanged']])
    await execute('insert into chunks values ($1, -1, $2, 4, 1, 0, 3, null, now())', number)
    const told = await readRowLog(database.pool, number, 1, 4)
    expect(told.map(({ outcome, at }) => [outcome, at])).toEqual([
      ['succeeded', CHUNK_AT],
      ['unchanged', CHUNK_AT],
      ['unprocessed', null],
      ['unprocessed', null],
    ])
  })

  it('does not tell of another operation', async () => {
    await recorded([['failed', 'refused']])
    const number = await recorded([['succeeded', 'delivered']])
    expect((await readRowLog(database.pool, number, 1, 2)).map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'succeeded',
    ])
  })
})
