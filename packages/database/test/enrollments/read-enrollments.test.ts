import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureTenant } from '../../src/directory/tenants.ts'
import { createRecords } from '../../src/enrollments/create-records.ts'
import { readEnrollments } from '../../src/enrollments/read-enrollments.ts'
import { searchRecords } from '../../src/enrollments/search-records.ts'
import { field, makeDesign } from './made-designs.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

describe('enrollments', () => {
  it('are read with who issues them, their design, and the fields that have a value in its order', async () => {
    const { pool, tenantId } = database
    const badge = await makeDesign(pool, tenantId, 'Badge', [field('Last'), field('Photo', 'image'), field('First')])
    const number = await makeDesign(pool, tenantId, 'Number', [field('constructor', 'number')])
    const made = [
      ...(await createRecords(pool, tenantId, badge, [{ First: 'Ann', Last: 'Anders' }, {}])),
      ...(await createRecords(pool, tenantId, number, [{ constructor: '7' }])),
    ]
    const [one = '', two = '', three = ''] = made.map((each) => (each.kind === 'created' ? each.recordId : ''))
    const read = await readEnrollments(pool, tenantId, [three, '999999', two, one])
    expect(Object.fromEntries(read)).toEqual({
      [one]: {
        organization: 'test',
        design: 'Badge',
        fields: [
          { name: 'Last', type: 'text', value: 'Anders' },
          { name: 'First', type: 'text', value: 'Ann' },
        ],
      },
      [two]: { organization: 'test', design: 'Badge', fields: [] },
      [three]: {
        organization: 'test',
        design: 'Number',
        fields: [{ name: 'constructor', type: 'number', value: '7' }],
      },
    })
    expect((await readEnrollments(pool, await ensureTenant(pool, 'other'), [one, two])).size).toBe(0)
  })

  it('are searched page by page, a few megabytes of images at a time', async () => {
    const { pool, tenantId } = database
    const design = await makeDesign(pool, tenantId, 'Photos', [field('No', 'number'), field('Photo', 'image')])
    // Not to be compressed away, so that its size tells.
    const photo = () => Array.from({ length: 40_000 }, () => Math.random().toString(36).slice(2, 14)).join('')
    const records = Array.from({ length: 12 }, (_, index) => ({ No: String(index), Photo: photo() }))
    await createRecords(pool, tenantId, design, records)
    const batches = []
    const search = { fields: {}, skip: 1, limit: 10 }
    for await (const batch of await searchRecords(pool, tenantId, design, search)) batches.push(batch)
    expect(batches.length).toBeGreaterThan(1)
    for (const batch of batches) expect(JSON.stringify(batch).length).toBeLessThan(4 * 1024 * 1024)
    const numbers = batches.flat().map(({ fields }) => fields.find(({ name }) => name === 'No')?.value)
    expect(numbers).toEqual(Array.from({ length: 10 }, (_, index) => String(index + 1)))
  })

  it('are found by an index among many of other designs', async () => {
    const { pool, tenantId } = database
    const design = await makeDesign(pool, tenantId, 'Many', [field('No', 'number')])
    await pool.query(
      `insert into enrollment_records (tenant_id, design_id, fields)
       select $1, $2, jsonb_build_object('No', n::text) from generate_series(1, 20000) n`,
      [tenantId, design.id],
    )
    await pool.query('analyze enrollment_records')
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `explain select id from enrollment_records where tenant_id = ${tenantId} and design_id = ${design.id}
       and fields @> '{"No": "77"}' order by id offset 0 limit 50`,
    )
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('enrollment_records_by_field')
  })
})
