import { randomUUID } from 'node:crypto'
import type { CsvSource } from '@muster/engine/ports'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertOperation, type NewOperation } from '../../src/operations/insert-operation.ts'
import { findOperation } from '../../src/operations/operations.ts'
import { readFailedRows } from '../../src/rows/failed-rows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

const SOURCE: CsvSource = {
  kind: 'csv',
  key: 'operations/x/source',
  fileName: 'x.csv',
  bytes: 6_000_000_000,
  sha256: 'ab',
  encoding: 'UTF-8',
  delimiter: ';',
  header: ['userId'],
  start: { row: 0, line: 2, byte: 7 },
}

const scheduled = (): NewOperation => ({
  id: randomUUID(),
  tenantId: database.tenantId,
  type: 'IMPORT_USERS',
  name: 'x',
  options: null,
  source: SOURCE,
  createdBy: 'test',
})

describe('an operation', () => {
  it('is there once, however often it is inserted', async () => {
    const operation = scheduled()
    const [one, two] = [
      await insertOperation(database.pool, operation),
      await insertOperation(database.pool, operation),
    ]
    expect(two).toEqual(one)
    expect(await findOperation(database.pool, database.tenantId, operation.id)).toEqual(one)
    expect(one).toMatchObject({
      state: 'SCHEDULED',
      source: SOURCE,
      total: null,
      succeeded: 0,
      createdAt: expect.any(Date),
    })
    expect(await findOperation(database.pool, database.tenantId + 1, operation.id)).toBeNull()
  })

  it('has the counts of its lanes together, and the first mistake of the first failed row', async () => {
    const { id, number } = await insertOperation(database.pool, scheduled())
    await database.pool.query(
      `insert into lanes (operation_number, lane, tenant_id, lease, row_number, line, byte, succeeded, unchanged, failed, first_failed_row)
       values ($1, 0, 1, 1, 9, 9, 9, 5, 1, 2, 8), ($1, 1, 1, 1, 9, 9, 9, 3000000000, 0, 1, 4)`,
      [number.toString()],
    )
    await database.pool.query(
      `insert into failed_rows (operation_number, row_number, ordinal, tenant_id, line, code, column_name, params)
       values ($1, 4, 0, 1, 5, 'TOO_LONG', 'userId', '{"max": 255}'), ($1, 4, 1, 1, 5, 'REQUIRED', 'x', null), ($1, 8, 0, 1, 9, 'REQUIRED', 'y', null)`,
      [number.toString()],
    )
    expect(await findOperation(database.pool, database.tenantId, id)).toMatchObject({
      succeeded: 3_000_000_005,
      unchanged: 1,
      failed: 3,
      firstFailedRow: 4,
      firstMistake: { code: 'TOO_LONG', column: 'userId', params: { max: 255 } },
    })
  })
})

describe('failed rows', () => {
  it('are read in order and whole, a page at a time', async () => {
    const { number } = await insertOperation(database.pool, scheduled())
    await database.pool.query(
      `insert into failed_rows (operation_number, row_number, ordinal, tenant_id, line, code)
       select $1, row, ordinal, 1, row + 1, 'REQUIRED' from generate_series(1, 833) row, generate_series(0, 2) ordinal order by random()`,
      [number.toString()],
    )
    const sizes: number[] = []
    const seen: number[] = []
    for await (const batch of readFailedRows(database.pool, number)) {
      sizes.push(batch.length)
      seen.push(...batch.map(({ row }) => row))
    }
    expect(sizes).toEqual([1_000, 1_000, 499])
    expect(seen).toEqual(Array.from({ length: 2_499 }, (_, n) => Math.floor(n / 3) + 1))
  })
})
