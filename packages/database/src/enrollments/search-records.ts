import type { Pool } from 'pg'
import type { RecordFields } from './create-records.ts'
import type { StoredDesign } from './designs.ts'
import { isRecordKey } from './record-key.ts'

/** A record as its fields are told. */
export interface ToldRecord {
  /** Decimal digits; the key of its id. */
  readonly recordId: string
  /** Those that have a value, in the design's order. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

/** Records of which a page is wanted. */
export interface RecordSearch {
  /** Values that all of them have in these fields, as they are kept. */
  readonly fields: RecordFields
  /** How many come before the page. */
  readonly skip: number
  readonly limit: number
}

interface Listed {
  readonly id: string
  /** About the bytes of its fields. */
  readonly size: number
}

const BATCH_BYTES = 2 * 1024 * 1024
const BATCH_RECORDS = 200

// The sizes are those of the values as they are stored, so that no image is read to tell them.
const EVERY = `
  select id, pg_column_size(fields) as size from enrollment_records
  where tenant_id = $1 and design_id = $2 order by id offset $3 limit $4`
const MATCHING = `
  select id, pg_column_size(fields) as size from enrollment_records
  where tenant_id = $1 and design_id = $2 and fields @> $5 order by id offset $3 limit $4`
const READ = `
  select id, fields from enrollment_records
  where tenant_id = $1 and design_id = $2 and id = any($3::bigint[]) order by id`

/**
 * A page of a design's records in the order in which they were made, to be read some megabytes at a time: images are
 * among the values. A record that is deleted meanwhile is left out.
 */
export async function searchRecords(
  pool: Pool,
  tenantId: number,
  design: StoredDesign,
  { fields, skip, limit }: RecordSearch,
): Promise<AsyncIterable<readonly ToldRecord[]>> {
  const isNarrowed = Object.keys(fields).length > 0
  const values = [tenantId, design.id, skip, limit, ...(isNarrowed ? [JSON.stringify(fields)] : [])]
  const { rows } = await pool.query<Listed>(isNarrowed ? MATCHING : EVERY, values)
  return readInBatches(pool, tenantId, design, rows)
}

async function* readInBatches(
  pool: Pool,
  tenantId: number,
  design: StoredDesign,
  listed: readonly Listed[],
): AsyncGenerator<readonly ToldRecord[]> {
  for (const ids of batchesOf(listed)) yield readRecords(pool, tenantId, design, ids)
}

/** A record by its key; null when the design has none such. */
export async function readRecord(
  pool: Pool,
  tenantId: number,
  design: StoredDesign,
  key: string,
): Promise<ToldRecord | null> {
  return isRecordKey(key) ? ((await readRecords(pool, tenantId, design, [key]))[0] ?? null) : null
}

async function readRecords(
  pool: Pool,
  tenantId: number,
  { id: designId, fields }: StoredDesign,
  ids: readonly string[],
): Promise<readonly ToldRecord[]> {
  const { rows } = await pool.query<{ id: string; fields: RecordFields }>(READ, [tenantId, designId, ids])
  return rows.map(({ id, fields: values }) => ({
    recordId: id,
    fields: fields.flatMap(({ name }) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      return value === undefined ? [] : [{ name, value }]
    }),
  }))
}

function* batchesOf(listed: readonly Listed[]): Generator<readonly string[]> {
  let ids: string[] = []
  let bytes = 0
  for (const { id, size } of listed) {
    if (ids.length > 0 && (bytes + size > BATCH_BYTES || ids.length === BATCH_RECORDS)) {
      yield ids
      ids = []
      bytes = 0
    }
    ids.push(id)
    bytes += size
  }
  if (ids.length > 0) yield ids
}
