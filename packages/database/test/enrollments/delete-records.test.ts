import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureTenant } from '../../src/directory/tenants.ts'
import { createRecords } from '../../src/enrollments/create-records.ts'
import { deleteRecords } from '../../src/enrollments/delete-records.ts'
import type { StoredDesign } from '../../src/enrollments/designs.ts'
import { findRecord } from '../../src/enrollments/find-record.ts'
import { field, makeDesign } from './made-designs.ts'

let database: TestDatabase
let design: StoredDesign
beforeAll(async () => {
  database = await testDatabase()
  design = await makeDesign(database.pool, database.tenantId, 'Badge', [field('No', 'barcode', true)])
})
afterAll(() => database.drop())

async function make(number: string): Promise<string> {
  const [outcome] = await createRecords(database.pool, database.tenantId, design, [{ No: number }])
  if (outcome?.kind !== 'created') throw new Error('the record was not made')
  return outcome.recordId
}

const INSERT_PASS = `
  insert into passes (tenant_id, record_id, operation_number, row_number) values ($1, $2, 1, 1) returning id`

describe('records that are deleted', () => {
  it('are gone once, with their unique values, and for their tenant alone', async () => {
    const { pool, tenantId } = database
    const { workflowId } = design
    const key = await make('1')
    expect(await deleteRecords(pool, await ensureTenant(pool, 'other'), [{ workflowId, key }])).toEqual([false])
    const wrong = { workflowId: '00000000-0000-4000-8000-000000000000', key }
    const asked = [wrong, { workflowId, key }, { workflowId, key: 'x' }, { workflowId, key }]
    expect(await findRecord(pool, tenantId, { workflowId, key })).toEqual({
      recordId: key,
      designId: design.id,
      design: 'Badge',
    })
    expect(await deleteRecords(pool, tenantId, asked)).toEqual([false, true, false, false])
    expect(await findRecord(pool, tenantId, { workflowId, key })).toBeNull()
    expect(await make('1')).not.toBe(key)
  })

  it('leave passes that are void, one that is issued at that very moment too', async () => {
    const { pool, tenantId } = database
    const { workflowId } = design
    const key = await make('2')
    const issuing = await pool.connect()
    await issuing.query('begin')
    await issuing.query('select from enrollment_records where id = $1 for key share', [key])
    await issuing.query(INSERT_PASS, [tenantId, key])
    const deleted = deleteRecords(pool, tenantId, [{ workflowId, key }])
    for (;;) {
      const waiting = await pool.query(`select from pg_stat_activity where datname = current_database()
        and wait_event_type = 'Lock'`)
      if (waiting.rows.length > 0) break
    }
    await issuing.query('commit')
    issuing.release()
    expect(await deleted).toEqual([true])
    const { rows } = await pool.query('select voided_at is not null as void from passes where record_id = $1', [key])
    expect(rows).toEqual([{ void: true }])
  })

  it('do not lock up when requests with the same ones come at once', async () => {
    const { pool, tenantId } = database
    const records = Array.from({ length: 100 }, (_, index) => ({ No: `d${index}` }))
    const made = await createRecords(pool, tenantId, design, records)
    const ids = made.flatMap((each) =>
      each.kind === 'created' ? [{ workflowId: design.workflowId, key: each.recordId }] : [],
    )
    const outcomes = await Promise.all(
      [ids, ids.toReversed(), ids, ids.toReversed()].map((each) => deleteRecords(pool, tenantId, each)),
    )
    expect(outcomes.flat().filter(Boolean)).toHaveLength(100)
  })
})
