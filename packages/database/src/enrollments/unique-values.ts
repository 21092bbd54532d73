import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'

/** A value of a field that is unique within its design. */
interface UniqueValue {
  readonly designId: string
  readonly field: string
  /** SHA-256 of the value in UTF-8, lower-case hexadecimal. */
  readonly hash: string
}

/** What a record is to have from now on. */
export interface Wish {
  readonly recordId: string
  readonly designId: string
  /** Its new values of unique fields by their names, null for a field that is emptied; others stay as they are. */
  readonly values: Readonly<Record<string, string | null>>
}

/** A value and the record that has it; null: none. */
interface Held extends UniqueValue {
  readonly recordId: string | null
}

// In one order in every transaction, so that two of them that want the same values wait for one another in turn
// and never in a circle. A value that another transaction has put in waits for its end here.
const TAKE = `
  insert into enrollment_unique_values (design_id, field, value_hash, tenant_id, record_id)
  select design_id, field, decode(hash, 'hex'), $1, record_id
  from unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[]) as wanted (design_id, field, hash, record_id)
  order by design_id, field collate "C", hash collate "C"
  on conflict do nothing
  returning design_id as "designId", field, encode(value_hash, 'hex') as hash, record_id as "recordId"`

const SETTLE = `
  with settled as (
    select design_id, field, decode(hash, 'hex') as value_hash, record_id
    from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) as s (design_id, field, hash, record_id)
  ), freed as (
    delete from enrollment_unique_values v using settled s
    where v.design_id = s.design_id and v.field = s.field and v.value_hash = s.value_hash and s.record_id is null
  )
  update enrollment_unique_values v set record_id = s.record_id from settled s
  where v.design_id = s.design_id and v.field = s.field and v.value_hash = s.value_hash and s.record_id is not null`

const HELD = `
  select design_id as "designId", field, encode(value_hash, 'hex') as hash, record_id as "recordId"
  from enrollment_unique_values where record_id = any($1::bigint[])`

/**
 * Grants wishes one after another: what an earlier one was given a later one cannot have, and what an earlier one
 * gave back it can. A wish is granted as a whole or not at all. A value that somebody else's transaction is about to
 * have is waited for.
 *
 * The records that are there already must be locked by the transaction, all of them before this is called.
 *
 * @returns for each wish the fields whose values another record has; none: it is granted
 */
export async function grantUniqueValues(
  client: PoolClient,
  tenantId: number,
  wishes: readonly Wish[],
): Promise<readonly (readonly string[])[]> {
  const wanted = firstWanted(wishes)
  const recordIds = [...new Set(wishes.map(({ recordId }) => recordId))]
  const held = wishes.length === 0 ? [] : (await client.query<Held>(HELD, [recordIds])).rows
  const taken = wanted.length === 0 ? [] : (await client.query<Held>(TAKE, [tenantId, ...arraysOf(wanted)])).rows
  const ledger = new Ledger(held, taken)
  const refused = wishes.map((wish) => ledger.grant(wish))
  const changes = ledger.changes()
  if (changes.length > 0) await client.query(SETTLE, arraysOf(changes))
  return refused
}

/** Each value that is wanted once, for who wants it first. */
function firstWanted(wishes: readonly Wish[]): readonly Held[] {
  const wanted = new Map<string, Held>()
  for (const { recordId, designId, values } of wishes) {
    for (const [field, value] of Object.entries(values)) {
      if (value === null) continue
      const each = { designId, field, hash: hashOf(value), recordId }
      if (!wanted.has(keyOf(each))) wanted.set(keyOf(each), each)
    }
  }
  return [...wanted.values()]
}

function arraysOf(values: readonly Held[]): (string | null)[][] {
  return [
    values.map(({ designId }) => designId),
    values.map(({ field }) => field),
    values.map(({ hash }) => hash),
    values.map(({ recordId }) => recordId),
  ]
}

/** Who has which value, while wishes are granted one after another. */
class Ledger {
  /** As the table has them. */
  readonly #stored = new Map<string, Held>()
  /** Null: nobody has it. A value that somebody unknown has is not here. */
  readonly #owners = new Map<string, string | null>()
  /** Of each record that has a value in a field: that value's key. */
  readonly #current = new Map<string, string>()

  /**
   * @param held values that records of the wishes have
   * @param taken values that nobody had, and that the table has now for who wanted them first
   */
  constructor(held: readonly Held[], taken: readonly Held[]) {
    for (const value of taken) {
      this.#stored.set(keyOf(value), value)
      this.#owners.set(keyOf(value), null)
    }
    for (const value of held) {
      this.#stored.set(keyOf(value), value)
      this.#own(value, value.recordId)
    }
  }

  #own(value: UniqueValue, recordId: string | null): void {
    this.#owners.set(keyOf(value), recordId)
    if (recordId !== null) this.#current.set(placeOf(recordId, value.field), keyOf(value))
  }

  /** Names of the fields whose values another record has; if there are none, the record has the values now. */
  grant({ recordId, designId, values }: Wish): readonly string[] {
    const given = Object.entries(values).map(([field, value]) => ({ field, value }))
    const refused = given.filter(({ field, value }) => {
      if (value === null) return false
      const owner = this.#owners.get(keyOf({ designId, field, hash: hashOf(value) }))
      return owner !== null && owner !== recordId
    })
    if (refused.length > 0) return refused.map(({ field }) => field)
    for (const { field, value } of given) {
      const before = this.#current.get(placeOf(recordId, field))
      if (before !== undefined) this.#owners.set(before, null)
      this.#current.delete(placeOf(recordId, field))
      if (value !== null) this.#own({ designId, field, hash: hashOf(value) }, recordId)
    }
    return []
  }

  /** Values that the table has for somebody else, with who is to have them; null: nobody. */
  changes(): readonly Held[] {
    return [...this.#stored].flatMap(([key, value]) => {
      const owner = this.#owners.get(key) ?? null
      return owner === value.recordId ? [] : [{ ...value, recordId: owner }]
    })
  }
}

function keyOf({ designId, field, hash }: UniqueValue): string {
  return `${designId} ${hash} ${field}`
}

function placeOf(recordId: string, field: string): string {
  return `${recordId} ${field}`
}

function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}
