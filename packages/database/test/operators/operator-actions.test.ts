import { randomUUID } from 'node:crypto'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { forgetOldActions, listActions, recordAction, settleAction } from '../../src/operators/operator-actions.ts'

const ALL = { operator: null, action: null, operationId: null }

describe('what operators did', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.drop())
  beforeEach(() => database.pool.query('truncate operator_actions'))

  it('is there before it is known how it ended, and after', async () => {
    const operationId = randomUUID()
    const action = { operator: 'olga', action: 'job.retry', queue: 'operations', jobId: operationId, operationId }
    const id = await recordAction(database.pool, action)
    const page = { before: null, limit: 10 }
    expect(await listActions(database.pool, ALL, page)).toMatchObject([{ ...action, id, target: null, status: null }])
    await settleAction(database.pool, id, 200)
    expect(await listActions(database.pool, ALL, page)).toMatchObject([{ id, status: 200, at: expect.any(Date) }])
  })

  it('is found by who, what and which operation, together too, in pages', async () => {
    const operationId = randomUUID()
    for (let n = 0; n < 6; n++) {
      await recordAction(database.pool, {
        operator: n % 2 === 0 ? 'olga' : 'otto',
        action: n < 3 ? 'operation.pause' : 'operation.cancel',
        operationId: n === 4 ? operationId : null,
      })
    }
    const found = async (filter: object, before: string | null = null, limit = 10) =>
      listActions(database.pool, { ...ALL, ...filter }, { before, limit })
    expect(await found({ operator: 'olga' })).toHaveLength(3)
    expect(await found({ operator: 'olga', action: 'operation.pause' })).toHaveLength(2)
    expect(await found({ operationId })).toMatchObject([{ operator: 'olga', action: 'operation.cancel' }])
    expect(await found({ operationId, operator: 'otto' })).toEqual([])
    const all = await found({})
    const first = await found({}, null, 4)
    const rest = await found({}, first.at(-1)?.id ?? null, 4)
    expect([...first, ...rest]).toEqual(all)
  })

  it('is kept for a year and more, and then forgotten', async () => {
    for (const action of ['old', 'new']) await recordAction(database.pool, { operator: 'olga', action })
    await database.pool.query(`update operator_actions set at = now() - interval '401 days' where action = 'old'`)
    await database.pool.query(`update operator_actions set at = now() - interval '399 days' where action = 'new'`)
    await forgetOldActions(database.pool)
    expect(await listActions(database.pool, ALL, { before: null, limit: 10 })).toMatchObject([{ action: 'new' }])
  })
})
