import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { waitingMessages } from '../../src/observing/waiting-messages.ts'
import { controlOperation } from '../../src/operations/control-operation.ts'
import { makeOperations } from '../made-operations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())
beforeEach(() => database.pool.query('truncate operations, operation_history, outbox'))

async function processing(): Promise<string> {
  const [id = ''] = await makeOperations(database.pool, [{ tenantId: database.tenantId, state: 'PROCESSING' }])
  return id
}

const addMessages = (id: string, first: number, last: number, minutes: number) =>
  database.pool.query(
    `insert into outbox (operation_number, row_number, tenant_id, lane, line, subject_id, created_at)
    select number, row, tenant_id, 0, row, row, now() - make_interval(mins => $4)
    from operations cross join generate_series($2::bigint, $3::bigint) row where id = $1`,
    [id, first, last, minutes],
  )
const control = (id: string, what: 'pause' | 'resume') =>
  controlOperation(database.pool, { tenantId: database.tenantId, id, control: what, by: 'test', reason: null })

describe('messages that wait', () => {
  it('are none in the beginning', async () => {
    await processing()
    expect(await waitingMessages(database.pool)).toEqual({ count: 0, oldestSeconds: 0 })
  })

  it('are those not settled, the oldest first even when it was put off', async () => {
    const [one, other] = [await processing(), await processing()]
    await addMessages(one, 1, 3, 10)
    await addMessages(one, 4, 4, 60)
    await addMessages(other, 1, 1, 5)
    await database.pool.query(`update outbox set due_at = now() + interval '1 hour' where row_number = 4`)
    const { count, oldestSeconds } = await waitingMessages(database.pool)
    expect(count).toBe(5)
    expect(Math.round(oldestSeconds / 60)).toBe(60)
    await database.pool.query('update outbox set settled_at = now() where row_number > 1')
    const after = await waitingMessages(database.pool)
    expect(after.count).toBe(2)
    expect(Math.round(after.oldestSeconds / 60)).toBe(10)
  })

  it('do not wait while their operation is paused, and wait anew when it is resumed', async () => {
    const id = await processing()
    await addMessages(id, 1, 2, 60)
    await control(id, 'pause')
    expect(await waitingMessages(database.pool)).toEqual({ count: 0, oldestSeconds: 0 })
    await control(id, 'resume')
    const { count, oldestSeconds } = await waitingMessages(database.pool)
    expect(count).toBe(2)
    expect(oldestSeconds).toBeLessThan(600)
  })

  it('are counted up to 100,000', async () => {
    const id = await processing()
    await addMessages(id, 1, 100_010, 1)
    expect((await waitingMessages(database.pool)).count).toBe(100_000)
  })
})
