import { type TestDatabase, testDatabase } from '@muster/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecords, type RecordFields } from '../../src/enrollments/create-records.ts'
import { field, makeDesign } from './made-designs.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

let designs = 0
/** A design whose fields `A` and `B` are unique, with a third one. */
const freshDesign = () => {
  designs += 1
  const fields = [field('A', 'barcode', true), field('B', 'barcode', true), field('C')]
  return makeDesign(database.pool, database.tenantId, `Design ${designs}`, fields)
}

/** What the table of unique values should have: those of the records there are. */
async function orphans(designId: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `with expected as (
       select r.id as record_id, e.key as field, sha256(convert_to(e.value, 'UTF8')) as value_hash
       from enrollment_records r, jsonb_each_text(r.fields) e where r.design_id = $1 and e.key in ('A', 'B')
     ), stored as (
       select record_id, field, value_hash from enrollment_unique_values where design_id = $1
     )
     select count(*)::int as count from (
       (table expected except table stored) union all (table stored except table expected)) as different`,
    [designId],
  )
  return rows[0]?.count ?? -1
}

describe('records of a design', () => {
  it('have keys in the order in which they were asked for, and each its own fields', async () => {
    const { pool, tenantId } = database
    const design = await freshDesign()
    const made = await createRecords(pool, tenantId, design, [{ C: 'one' }, {}, { C: 'three', A: '3' }])
    const ids = made.map((each) => (each.kind === 'created' ? each.recordId : ''))
    const { rows } = await pool.query('select id, fields from enrollment_records where design_id = $1 order by id', [
      design.id,
    ])
    expect(rows).toEqual([
      { id: ids[0], fields: { C: 'one' } },
      { id: ids[1], fields: {} },
      { id: ids[2], fields: { A: '3', C: 'three' } },
    ])
  })

  it('are as they are when they are made one after another: of equal ones the first, unless that one fails', async () => {
    const value = fc.option(fc.constantFrom('1', '2', '3', '4'), { nil: undefined })
    const record = fc.record({ A: value, B: value }, { requiredKeys: [] }).map(withoutEmpty)
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 8 }),
        fc.array(record, { maxLength: 8 }),
        async (before, asked) => {
          const design = await freshDesign()
          const expected = modelOf([...before, ...asked])
          const outcomes = [
            ...(await createRecords(database.pool, database.tenantId, design, before)),
            ...(await createRecords(database.pool, database.tenantId, design, asked)),
          ]
          expect(outcomes.map((each) => (each.kind === 'taken' ? each.fields : []))).toEqual(expected)
          expect(await orphans(design.id)).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('have no value twice, and nothing locks up, when many requests want the same ones at once', async () => {
    const design = await freshDesign()
    const records = Array.from({ length: 500 }, (_, index) => ({ A: `a${index}`, B: `b${(index * 7) % 500}` }))
    const requests = [records, records.toReversed(), records]
    const gate = await database.pool.connect()
    await gate.query('begin')
    await gate.query('lock table enrollment_unique_values in share row exclusive mode')
    const asked = requests.map((each) => createRecords(database.pool, database.tenantId, design, each))
    await untilWaiting(requests.length)
    await gate.query('commit')
    gate.release()
    const created = (await Promise.all(asked)).flat().filter(({ kind }) => kind === 'created')
    expect(created).toHaveLength(500)
    expect(await orphans(design.id)).toBe(0)
  })

  it('wait for what another transaction is about to have, and have it when that one is rolled back', async () => {
    const { pool, tenantId } = database
    const design = await freshDesign()
    const other = await pool.connect()
    await other.query('begin')
    await other.query(
      `insert into enrollment_unique_values (design_id, field, value_hash, tenant_id, record_id)
       values ($1, 'A', sha256('x'), $2, 1)`,
      [design.id, tenantId],
    )
    const asked = createRecords(pool, tenantId, design, [{ A: 'x' }])
    await untilWaiting(1)
    await other.query('rollback')
    other.release()
    expect(await asked).toMatchObject([{ kind: 'created' }])
  })

  it('are all or none when the database fails in the middle', async () => {
    const { pool, tenantId } = database
    const design = await freshDesign()
    // A value that jsonb does not take comes to the last of the statements.
    await expect(createRecords(pool, tenantId, design, [{ A: '1' }, { C: 'a\0b' }])).rejects.toThrow()
    expect(await orphans(design.id)).toBe(0)
    expect(await createRecords(pool, tenantId, design, [{ A: '1' }])).toMatchObject([{ kind: 'created' }])
  })
})

/** Fields whose values are taken, for each record in turn. */
function modelOf(records: readonly RecordFields[]): readonly (readonly string[])[] {
  const had = new Set<string>()
  return records.map((record) => {
    const taken = Object.entries(record).flatMap(([name, value]) => (had.has(`${name}=${value}`) ? [name] : []))
    if (taken.length === 0) for (const [name, value] of Object.entries(record)) had.add(`${name}=${value}`)
    return taken
  })
}

function withoutEmpty(record: Readonly<Record<string, string | undefined>>): RecordFields {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])),
  )
}

/** Returns when so many statements of this database wait for other transactions; to be asked outside of one. */
async function untilWaiting(count: number): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rows.length >= count) return
  }
}
