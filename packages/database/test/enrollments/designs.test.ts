import { FIRST_DESIGN } from '@muster/contracts'
import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureTenant } from '../../src/directory/tenants.ts'
import {
  createDesign,
  findDesign,
  findDesignsByWorkflow,
  listDesignNames,
  listDesigns,
  MOST_DESIGNS,
} from '../../src/enrollments/designs.ts'
import { field, makeDesign } from './made-designs.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

describe('the enrollment designs of a tenant', () => {
  it('start with the first one', async () => {
    const { pool } = database
    const tenantId = await ensureTenant(pool, 'new')
    expect(await listDesigns(pool, tenantId)).toMatchObject([{ ...FIRST_DESIGN, emailField: 'Email' }])
    expect(await findDesign(pool, tenantId, 'Employee Badge')).toMatchObject(FIRST_DESIGN)
    const printers = await pool.query('select name, kind, address from printers where tenant_id = $1', [tenantId])
    expect(printers.rows).toEqual([{ name: 'PDF', kind: 'pdf', address: null }])
  })

  it('are told in the order of their names, and to their tenant alone', async () => {
    const { pool, tenantId } = database
    const other = await ensureTenant(pool, 'other')
    const visitor = await makeDesign(pool, tenantId, 'Visitor', [field('E-Mail')])
    const badge = await makeDesign(pool, tenantId, 'Badge', [field('Email', 'number')])
    expect(await listDesignNames(pool, tenantId)).toEqual(['Badge', 'Visitor'])
    expect([visitor.emailField, badge.emailField]).toEqual(['E-Mail', null])
    expect(await findDesign(pool, other, 'Badge')).toBeNull()
    expect(await findDesign(pool, tenantId, 'Bad\0ge')).toBeNull()
    const workflowIds = [visitor.workflowId, '00000000-0000-4000-8000-000000000000']
    expect([...(await findDesignsByWorkflow(pool, tenantId, workflowIds)).values()]).toEqual([visitor])
    expect((await findDesignsByWorkflow(pool, other, workflowIds)).size).toBe(0)
  })

  it('have one of a name, however many are made at once', async () => {
    const { pool, tenantId } = database
    const design = { name: 'Twice', fields: [field('Name')] }
    const made = await Promise.all(Array.from({ length: 5 }, () => createDesign(pool, tenantId, design)))
    expect(made.map(({ kind }) => kind).sort()).toEqual(['created', 'taken', 'taken', 'taken', 'taken'])
  })

  it('are not without number', async () => {
    const { pool } = database
    const tenantId = await ensureTenant(pool, 'full')
    await pool.query(
      `insert into enrollment_designs (tenant_id, name, fields) select $1, 'D' || n, '[]' from generate_series(2, $2) n`,
      [tenantId, MOST_DESIGNS],
    )
    const design = { name: 'One more', fields: [field('Name')] }
    expect(await createDesign(pool, tenantId, design)).toEqual({ kind: 'full' })
  })
})
