import type { Pool } from 'pg'
import { inTransaction } from '../turns/transaction.ts'
import type { StoredDesign } from './designs.ts'
import { grantUniqueValues } from './unique-values.ts'

/** Values by their fields' names, as they are kept; fields without a value are left out. */
export type RecordFields = Readonly<Record<string, string>>

/** A record that was made, or the fields whose values another record has. */
export type RecordCreation =
  | { readonly kind: 'created'; readonly recordId: string }
  | { readonly kind: 'taken'; readonly fields: readonly string[] }

const RESERVE = `
  select nextval(pg_get_serial_sequence('enrollment_records', 'id'))::text as id from generate_series(1, $1::integer)`

const INSERT = `
  insert into enrollment_records (id, tenant_id, design_id, fields)
  overriding system value
  select id, $1, $2, fields from unnest($3::bigint[], $4::jsonb[]) as made (id, fields)`

/**
 * Makes records of a design, one after another: of two with the same value in a unique field, the first. A record
 * whose values are taken is not made; the others are. One transaction.
 *
 * @returns what became of each, in their order
 */
export async function createRecords(
  pool: Pool,
  tenantId: number,
  design: StoredDesign,
  records: readonly RecordFields[],
): Promise<readonly RecordCreation[]> {
  if (records.length === 0) return []
  const unique = design.fields.filter((field) => field.unique).map(({ name }) => name)
  return inTransaction(pool, 'begin', async (client) => {
    const reserved = (await client.query<{ id: string }>(RESERVE, [records.length])).rows.map(({ id }) => id)
    const wishes = records.map((fields, index) => ({
      recordId: reserved[index] ?? '',
      designId: design.id,
      values: Object.fromEntries(Object.entries(fields).filter(([name]) => unique.includes(name))),
    }))
    const taken = unique.length === 0 ? [] : await grantUniqueValues(client, tenantId, wishes)
    const outcomes = reserved.map((recordId, index): RecordCreation => {
      const fields = taken[index] ?? []
      return fields.length === 0 ? { kind: 'created', recordId } : { kind: 'taken', fields }
    })
    const made = records.flatMap((fields, index) => {
      const outcome = outcomes[index]
      return outcome?.kind === 'created' ? [{ id: outcome.recordId, fields: JSON.stringify(fields) }] : []
    })
    await client.query(INSERT, [tenantId, design.id, made.map(({ id }) => id), made.map(({ fields }) => fields)])
    return outcomes
  })
}
