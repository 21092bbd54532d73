import { type TestDatabase, testDatabase } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureTenant } from '../../src/directory/tenants.ts'
import { createRecords, type RecordFields } from '../../src/enrollments/create-records.ts'
import type { StoredDesign } from '../../src/enrollments/designs.ts'
import { type FieldChanges, updateRecords } from '../../src/enrollments/update-records.ts'
import { field, makeDesign } from './made-designs.ts'

let database: TestDatabase
let design: StoredDesign
beforeAll(async () => {
  database = await testDatabase()
  const fields = [field('No', 'barcode', true), field('Name')]
  design = await makeDesign(database.pool, database.tenantId, 'Badge', fields)
})
afterAll(() => database.drop())

async function made(records: readonly RecordFields[]): Promise<readonly string[]> {
  const outcomes = await createRecords(database.pool, database.tenantId, design, records)
  return outcomes.map((each) => {
    if (each.kind !== 'created') throw new Error('the record was not made')
    return each.recordId
  })
}

const update = (changes: readonly (readonly [key: string | undefined, fields: FieldChanges | null])[]) =>
  updateRecords(
    database.pool,
    database.tenantId,
    changes.map(([key = '', fields]) => ({ design, key, fields })),
  )

async function stored(keys: readonly string[]): Promise<readonly RecordFields[]> {
  const sql = 'select fields from enrollment_records where id = any($1::bigint[]) order by id'
  return (await database.pool.query<{ fields: RecordFields }>(sql, [keys])).rows.map(({ fields }) => fields)
}

describe('records that are changed', () => {
  it('keep what is not given, and lose what is emptied', async () => {
    const [one, two] = await made([
      { No: '1', Name: 'Ann' },
      { No: '2', Name: 'Bob' },
    ])
    expect(
      await update([
        [one, { Name: 'Anna' }],
        [two, { Name: null }],
      ]),
    ).toEqual([{ kind: 'updated' }, { kind: 'updated' }])
    expect(await stored([one ?? '', two ?? ''])).toEqual([{ No: '1', Name: 'Anna' }, { No: '2' }])
  })

  it('are changed in their order: a value given back is free for the next, and not for the one before', async () => {
    const [one, two] = await made([{ No: '11' }, { No: '12' }])
    expect(
      await update([
        [one, { No: '12' }],
        [two, { No: '13' }],
        [one, { No: '12' }],
        [one, { Name: 'Z' }],
      ]),
    ).toEqual([{ kind: 'taken', fields: ['No'] }, { kind: 'updated' }, { kind: 'updated' }, { kind: 'updated' }])
    expect(await stored([one ?? '', two ?? ''])).toEqual([{ No: '12', Name: 'Z' }, { No: '13' }])
    const [again] = await made([{ No: '11' }])
    expect(
      await update([
        [again, { No: '11' }],
        [again, { No: '13' }],
      ]),
    ).toEqual([{ kind: 'updated' }, { kind: 'taken', fields: ['No'] }])
  })

  it('are known by their design, key and tenant together', async () => {
    const { pool, tenantId } = database
    const other = await makeDesign(pool, tenantId, 'Other', [field('Name')])
    const [one = ''] = await made([{ No: '21' }])
    expect(
      await update([
        ['0', {}],
        [`0${one}`, {}],
        ['x', {}],
        ['9'.repeat(30), {}],
        [one, null],
      ]),
    ).toEqual([{ kind: 'unknown' }, { kind: 'unknown' }, { kind: 'unknown' }, { kind: 'unknown' }, { kind: 'updated' }])
    const change = { design, key: one, fields: { Name: 'x' } }
    expect(await updateRecords(pool, tenantId, [{ ...change, design: other }])).toEqual([{ kind: 'unknown' }])
    expect(await updateRecords(pool, await ensureTenant(pool, 'other'), [change])).toEqual([{ kind: 'unknown' }])
    expect(await stored([one])).toEqual([{ No: '21' }])
  })

  it('do not lock up when many requests exchange their values at once', async () => {
    const keys = await made(Array.from({ length: 50 }, (_, index) => ({ No: `e${index}` })))
    const rounds = Array.from({ length: 6 }, (_, round) =>
      update(
        [...(round % 2 === 0 ? keys : keys.toReversed())].map((key, index) => [
          key,
          { No: `f${(index + round) % 50}` },
        ]),
      ),
    )
    await Promise.all(rounds)
    const { rows } = await database.pool.query<{ records: number; values: number; right: number }>(
      `select count(distinct r.fields ->> 'No')::int as records, count(v.record_id)::int as values,
         count(*) filter (where v.value_hash = sha256(convert_to(r.fields ->> 'No', 'UTF8')))::int as right
       from enrollment_records r left join enrollment_unique_values v on v.record_id = r.id
       where r.id = any($1::bigint[])`,
      [keys],
    )
    expect(rows).toEqual([{ records: 50, values: 50, right: 50 }])
  })

  it('change what their passes show', async () => {
    const { pool, tenantId } = database
    const [one] = await made([{ No: '31' }])
    const { rows } = await pool.query<{ id: string; before: Date }>(
      `insert into passes (tenant_id, record_id, operation_number, row_number) values ($1, $2, 1, 1)
       returning id, changed_at as before`,
      [tenantId, one],
    )
    await update([[one, { Name: 'New' }]])
    const after = await pool.query<{ changed: boolean; void: boolean }>(
      'select changed_at > $2 as changed, voided_at is not null as void from passes where id = $1',
      [rows[0]?.id, rows[0]?.before],
    )
    expect(after.rows).toEqual([{ changed: true, void: false }])
  })
})
