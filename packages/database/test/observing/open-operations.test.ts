import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OPEN_OPERATIONS, openOperations } from '../../src/observing/open-operations.ts'
import { controlOperation } from '../../src/operations/control-operation.ts'
import { claimOperation } from '../../src/turns/claim-operation.ts'
import { inTransaction } from '../../src/turns/transaction.ts'
import { type Made, makeOperations } from '../made-operations.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())
beforeEach(() => database.pool.query('truncate operations, operation_history, lanes'))

async function make(...made: Omit<Made, 'tenantId'>[]): Promise<readonly string[]> {
  const { pool, tenantId } = database
  const ids = await makeOperations(
    pool,
    made.map((each) => ({ tenantId, ...each })),
  )
  // A worker that claims them asks from where to read.
  await pool.query(`update operations set source = source || '{ "start": { "row": 0, "line": 2, "byte": 7 } }'`)
  return ids
}
const observe = () => openOperations(database.pool)
const pass = (hours: number, ...ids: (string | undefined)[]) =>
  database.pool.query(
    `with aged as (
      update operations set created_at = created_at - $2, started_at = started_at - $2 where id = any($1) returning number
    ), history as (
      update operation_history set at = at - $2 where operation_number in (select number from aged)
    ) update lanes set changed_at = changed_at - $2 where operation_number in (select number from aged)`.replaceAll(
      '$2',
      `interval '${hours} hours'`,
    ),
    [ids],
  )
const control = (id: string | undefined, what: 'pause' | 'resume') =>
  controlOperation(database.pool, {
    tenantId: database.tenantId,
    id: id ?? '',
    control: what,
    by: 'test',
    reason: null,
  })
const claim = (id: string | undefined) =>
  inTransaction(database.pool, 'begin', (client) => claimOperation(client, id ?? '', () => 2))
const hours = (count: number) => [count * 3_600, count * 3_600 + 600] as const
const expectBetween = (value: number, [least, most]: readonly [number, number]) => {
  expect(value).toBeGreaterThanOrEqual(least)
  expect(value).toBeLessThan(most)
}

describe('operations that have not ended', () => {
  it('are none in the beginning', async () => {
    await make({ state: 'COMPLETED', endedAt: new Date(), total: 1 })
    expect(await observe()).toEqual({
      byState: {},
      paused: 0,
      waiting: 0,
      oldestWaitingSeconds: 0,
      oldestUnprogressedSeconds: 0,
    })
  })

  it('are counted by state, those that are paused among them', async () => {
    const [scheduled, paused] = await make({}, {}, { state: 'AWAITING_DATA', bytes: null }, {})
    await claim(scheduled)
    await control(paused, 'pause')
    expect(await observe()).toMatchObject({
      byState: { AWAITING_DATA: 1, SCHEDULED: 2, PROCESSING: 1 },
      paused: 1,
      waiting: 1,
    })
  })

  it('wait from when they are scheduled, not from when they were made', async () => {
    const [late, waits] = await make({ state: 'AWAITING_DATA', bytes: null }, {})
    await pass(5, late)
    await database.pool.query(`update operations set state = 'SCHEDULED', source = '{}' where id = $1`, [late])
    await pass(1, waits)
    expectBetween((await observe()).oldestWaitingSeconds, hours(1))
  })

  it('wait from when they were resumed', async () => {
    const [id, claimed] = await make({}, {})
    await claim(claimed)
    await control(id, 'pause')
    await control(claimed, 'pause')
    await pass(5, id, claimed)
    expect(await observe()).toMatchObject({ waiting: 0, oldestWaitingSeconds: 0, oldestUnprogressedSeconds: 0 })
    await control(id, 'resume')
    await control(claimed, 'resume')
    const { waiting, oldestWaitingSeconds, oldestUnprogressedSeconds } = await observe()
    expect(waiting).toBe(1)
    expect(oldestWaitingSeconds).toBeLessThan(600)
    expect(oldestUnprogressedSeconds).toBeLessThan(600)
  })

  it('wait again when a worker has them and nothing is committed', async () => {
    const [stuck, moving] = await make({}, {})
    await claim(stuck)
    await claim(moving)
    expect(await observe()).toMatchObject({ waiting: 0, oldestWaitingSeconds: 0 })
    await pass(2, stuck)
    const observed = await observe()
    expect(observed.waiting).toBe(1)
    expectBetween(observed.oldestWaitingSeconds, hours(2))
    expectBetween(observed.oldestUnprogressedSeconds, hours(2))
    // One lane's commit is progress of the operation.
    await database.pool.query('update lanes set changed_at = now() where lane = 0')
    const { waiting, oldestUnprogressedSeconds } = await observe()
    expect(waiting).toBe(0)
    expect(oldestUnprogressedSeconds).toBeLessThan(600)
  })

  it('whose rows are all read wait for no turn', async () => {
    const [id] = await make({})
    await claim(id)
    await database.pool.query('update operations set total = 10')
    await pass(3, id)
    expect(await observe()).toMatchObject({ byState: { PROCESSING: 1 }, waiting: 0, oldestUnprogressedSeconds: 0 })
  })

  it('are found without looking at 20,000 that have', async () => {
    await make({}, { state: 'PROCESSING', lanes: [10, 20] })
    await inTransaction(database.pool, `begin; set local session_replication_role = replica`, (client) =>
      client.query(
        `insert into operations (id, tenant_id, type, name, state, reason, options, source, created_by, changed_by,
          total, ended_at)
        select gen_random_uuid(), $1, 'IMPORT_USERS', 'ended', 'COMPLETED', 'ended', 'null', '{}', 'test', 'test', 1, now()
        from generate_series(1, 20000)`,
        [database.tenantId],
      ),
    )
    await database.pool.query('analyze operations')
    const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`explain analyze ${OPEN_OPERATIONS}`)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('operations_unended')
    expect(plan).not.toMatch(/Seq Scan on (operations|lanes|operation_history)\b/)
    expect(plan).not.toMatch(/actual time=\S+ rows=\d{4,}/)
  })
})
