import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findOperation, isPending, pendingOperations } from '../../src/index.ts'
import { type Made, makeOperations, makeTenants } from '../made-operations.ts'

const MB = 1_000_000

let database: TestDatabase
let tenantId: number
beforeAll(async () => {
  database = await testDatabase()
  tenantId = database.tenantId
})
afterAll(() => database.drop())
beforeEach(() => database.pool.query('truncate operations, lanes, operation_history restart identity'))

const make = (...made: Omit<Made, 'tenantId'>[]) =>
  makeOperations(
    database.pool,
    made.map((each) => ({ tenantId, ...each })),
  )
const pending = async (perTenant = 4) =>
  (await pendingOperations(database.pool, perTenant)).map(({ operationId }) => operationId)
/** Places, from 0, that the pending ones have among these. */
const pendingAmong = async (ids: readonly string[], perTenant = 4) =>
  (await pending(perTenant)).map((id) => ids.indexOf(id))

describe('pending operations', () => {
  it('are express when they are small and have had no turn, and their file is known', async () => {
    const ids = await make(
      { bytes: 1024 * 1024 },
      { bytes: 1024 * 1024 + 1 },
      { bytes: 9, state: 'PROCESSING' },
      { bytes: 9 },
    )
    await database.pool.query(`update operations set source = source || '{"isRetry": true}' where id = $1`, [ids[3]])
    const express = (await pendingOperations(database.pool, 5)).filter(({ isExpress }) => isExpress)
    expect(express.map(({ operationId }) => ids.indexOf(operationId))).toEqual([0])
  })

  it('are of a tenant its oldest, and the smallest of the others first of all', async () => {
    const ids = await make(...[900, 800, 700, 30, 40, 20, 50].map((mb) => ({ bytes: mb * MB })))
    expect(await pendingAmong(ids)).toEqual([5, 0, 1, 2])
    expect(await pendingAmong(ids, 2)).toEqual([5, 0])
  })

  it('are all of them where these are few', async () => {
    const ids = await make({ bytes: 5 * MB }, { bytes: 4 * MB }, { bytes: 3 * MB })
    expect(await pendingAmong(ids)).toEqual([0, 1, 2])
  })

  it('are found by the bytes that their slowest lane has left', async () => {
    const ids = await make(
      { bytes: 100 * MB, state: 'PROCESSING' },
      { bytes: 10 * MB },
      { bytes: 100 * MB, state: 'PROCESSING', lanes: [99 * MB, 50 * MB] },
      { bytes: 90 * MB, state: 'PROCESSING', lanes: [80 * MB + 1, 89 * MB] },
      { bytes: 90 * MB, state: 'PROCESSING' },
    )
    expect(await pendingAmong(ids, 2)).toEqual([3, 0])
    await database.pool.query(`update lanes set byte = byte - 2`)
    expect(await pendingAmong(ids, 2)).toEqual([1, 0])
  })

  it('of equal size are in the order in which they came', async () => {
    const ids = await make({ bytes: 9 }, { bytes: 7 }, { bytes: 7, state: 'PROCESSING' }, { bytes: 7 })
    expect(await pendingAmong(ids, 2)).toEqual([1, 0])
  })

  it('are none that are paused, await data, have ended or are deleted', async () => {
    const endedAt = new Date()
    const ids = await make(
      { paused: true },
      { state: 'AWAITING_DATA', bytes: null },
      { state: 'AWAITING_DATA' },
      { state: 'COMPLETED', endedAt, total: 3 },
      { state: 'FAILED', endedAt, deletedAt: endedAt },
      { state: 'CANCELLED', endedAt, bytes: null, total: 0 },
      {},
      { paused: true, state: 'PROCESSING' },
    )
    expect(await pendingAmong(ids)).toEqual([6])
  })

  it('are also those whose rows are still to be counted, two of a tenant at a time', async () => {
    const endedAt = new Date()
    const ids = await make(
      { state: 'CANCELLED', endedAt },
      { state: 'FAILED', endedAt },
      { state: 'FAILED', endedAt },
      {},
    )
    expect((await pendingAmong(ids)).sort()).toEqual([0, 1, 3])
    expect(await isPending(database.pool, ids[2] ?? '', 4)).toBe(true)
  })

  it('take turns between tenants, however many one of them has', async () => {
    const [other = 0, third = 0] = await makeTenants(database.pool, 2)
    const many = await make(...Array.from({ length: 50 }, () => ({})))
    const [first] = await makeOperations(database.pool, [{ tenantId: other }])
    const [second] = await makeOperations(database.pool, [{ tenantId: third }])
    const order = await pending()
    expect(order).toHaveLength(6)
    expect(order.slice(0, 3)).toEqual(expect.arrayContaining([many[3], first, second]))
  })

  it('have another turn, unless a smaller one came', async () => {
    const ids = await make({ bytes: 5 * MB }, { bytes: 4 * MB }, { bytes: 3 * MB, state: 'PROCESSING' })
    const asked = () => Promise.all(ids.map((id) => isPending(database.pool, id, 3)))
    expect(await asked()).toEqual([true, true, true])
    ids.push(...(await make({ bytes: MB })))
    expect(await asked()).toEqual([true, true, false, true])
    expect(await isPending(database.pool, crypto.randomUUID(), 3)).toBe(false)
  })

  it('starve nobody under a stream of small ones', async () => {
    const ids = await make(...[40, 10, 30, 20, 5, 25].map((mb) => ({ bytes: mb * MB })))
    const small: string[] = []
    for (let round = 0; round < 100; round++) {
      small.push(...(await make({ bytes: MB - round })))
      await advance(await pending(), 3 * MB)
      const newest = await findOperation(database.pool, tenantId, small.at(-1) ?? '')
      expect(newest?.state).toBe('COMPLETED')
    }
    const { rows } = await database.pool.query(`select id from operations where state <> 'COMPLETED'`)
    expect(rows).toEqual([])
    expect(ids).toHaveLength(6)
  })
})

/** What turns bring about: each operation gets on by that many bytes, and is completed at its end. */
async function advance(ids: readonly string[], bytes: number): Promise<void> {
  const { pool } = database
  await pool.query(`update operations set state = 'PROCESSING' where id = any ($1) and state = 'SCHEDULED'`, [ids])
  await pool.query(
    `insert into lanes (operation_number, lane, tenant_id, lease, row_number, line, byte)
    select number, 0, tenant_id, 1, 0, 1, $2 from operations where id = any ($1)
    on conflict (operation_number, lane) do update set byte = lanes.byte + excluded.byte`,
    [ids, bytes],
  )
  await pool.query(
    `update operations set state = 'COMPLETED', total = 1, ended_at = now() from lanes
    where operation_number = number and byte >= (source ->> 'bytes')::bigint and state = 'PROCESSING'`,
  )
}
