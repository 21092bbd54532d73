import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../turns/transaction.ts'
import type { StoredDesign } from './designs.ts'
import { lockRecords } from './lock-records.ts'
import { grantUniqueValues } from './unique-values.ts'

/** New values by their fields' names, as they are kept; null empties a field, what is not here stays as it is. */
export type FieldChanges = Readonly<Record<string, string | null>>

/** A record that is to be changed. */
export interface RecordChange {
  readonly design: StoredDesign
  /** The record's key, as its id has it. */
  readonly key: string
  /** Null: nothing is to be changed, only whether there is such a record is asked. */
  readonly fields: FieldChanges | null
}

/** What became of a change; *unknown*: there is no such record. */
export type RecordUpdate =
  | { readonly kind: 'updated' | 'unknown' }
  | { readonly kind: 'taken'; readonly fields: readonly string[] }

// A field that is emptied comes as null and is left out. Passes show the fields: wallets that ask are told of a change.
const UPDATE = `
  with changed as (
    update enrollment_records r set fields = jsonb_strip_nulls(r.fields || c.fields), updated_at = now()
    from unnest($1::bigint[], $2::jsonb[]) as c (id, fields) where r.id = c.id
    returning r.id
  ), shown as (
    select id from passes where record_id in (select id from changed) and voided_at is null order by id for update
  )
  update passes set changed_at = clock_timestamp() where id in (select id from shown)`

/**
 * Changes records one after another; a record can be changed several times. A change that would give a record a
 * value of another one in a unique field changes nothing; the others are made. One transaction.
 *
 * @returns what became of each, in their order
 */
export async function updateRecords(
  pool: Pool,
  tenantId: number,
  changes: readonly RecordChange[],
): Promise<readonly RecordUpdate[]> {
  if (changes.length === 0) return []
  return inTransaction(pool, 'begin', async (client) => {
    const named = changes.map(({ design, key }) => ({ workflowId: design.workflowId, key }))
    const known = await lockRecords(client, tenantId, named)
    const found = changes.map((change, index) => known[index] === true && change.fields !== null)
    const granted = changes.filter((_, index) => found[index])
    const taken = await grant(client, tenantId, granted)
    const accepted = granted.filter((change) => (taken.get(change) ?? []).length === 0)
    await write(client, accepted)
    return changes.map((change, index): RecordUpdate => {
      if (known[index] !== true) return { kind: 'unknown' }
      const fields = taken.get(change) ?? []
      return fields.length === 0 ? { kind: 'updated' } : { kind: 'taken', fields }
    })
  })
}

/** For each change, the fields whose values another record has. */
async function grant(
  client: PoolClient,
  tenantId: number,
  changes: readonly RecordChange[],
): Promise<ReadonlyMap<RecordChange, readonly string[]>> {
  const wishes = changes.flatMap((change) => {
    const values = uniqueOnes(change)
    const wish = { recordId: change.key, designId: change.design.id, values }
    return Object.keys(values).length === 0 ? [] : [{ change, wish }]
  })
  const refused = await grantUniqueValues(
    client,
    tenantId,
    wishes.map(({ wish }) => wish),
  )
  return new Map(wishes.map(({ change }, index) => [change, refused[index] ?? []]))
}

function uniqueOnes({ design, fields }: RecordChange): FieldChanges {
  const unique = design.fields.filter((field) => field.unique).map(({ name }) => name)
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([name]) => unique.includes(name)))
}

/** A record that is changed several times is written once, with the last value of each field. */
async function write(client: PoolClient, changes: readonly RecordChange[]): Promise<void> {
  const merged = new Map<string, FieldChanges>()
  for (const { key, fields } of changes) merged.set(key, { ...merged.get(key), ...fields })
  if (merged.size === 0) return
  await client.query(UPDATE, [[...merged.keys()], [...merged.values()].map((fields) => JSON.stringify(fields))])
}
