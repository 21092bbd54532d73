import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'

export interface Made {
  readonly tenantId: number
  readonly state?: string
  readonly paused?: boolean
  /** Of the source; null for none. */
  readonly bytes?: number | null
  /** How far its lanes have come; none has begun unless given. */
  readonly lanes?: readonly number[]
  readonly createdAt?: Date
  readonly endedAt?: Date
  readonly total?: number | null
  readonly deletedAt?: Date
}

/** Inserts operations in this order, without anything that only a worker or a client could do: their ids. */
export async function makeOperations(pool: Pool, made: readonly Made[]): Promise<string[]> {
  const ids = made.map(() => randomUUID())
  const operations = made.map((each, index) => ({
    position: index,
    id: ids[index],
    tenant_id: each.tenantId,
    state: each.state ?? 'SCHEDULED',
    paused: each.paused ?? false,
    source: each.bytes === null ? null : { kind: 'csv', bytes: each.bytes ?? 1_000, sha256: '', header: [] },
    total: each.total ?? null,
    created_at: each.createdAt ?? new Date(),
    ended_at: each.endedAt ?? null,
    deleted_at: each.deletedAt ?? null,
  }))
  await pool.query(
    `insert into operations (id, tenant_id, type, name, state, paused, reason, options, source, created_by, changed_by,
      total, created_at, ended_at, deleted_at)
    select id, tenant_id, 'IMPORT_USERS', 'made', state, paused, 'made', 'null', source, 'test', 'test',
      total, created_at, ended_at, deleted_at
    from jsonb_to_recordset($1) as made (id uuid, tenant_id integer, state text, paused boolean,
      source jsonb, total bigint, created_at timestamptz, ended_at timestamptz, deleted_at timestamptz, position bigint)
    order by position`,
    [JSON.stringify(operations)],
  )
  const lanes = made.flatMap(({ lanes: bytes = [] }, index) =>
    bytes.map((byte, lane) => ({ id: ids[index], lane, byte })),
  )
  await pool.query(
    `insert into lanes (operation_number, lane, tenant_id, lease, row_number, line, byte)
    select number, lane, tenant_id, 1, 0, 1, byte
    from jsonb_to_recordset($1) as made (id uuid, lane smallint, byte bigint) join operations using (id)`,
    [JSON.stringify(lanes)],
  )
  return ids
}

/** Ids of further tenants. */
export async function makeTenants(pool: Pool, count: number): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into tenants (name) select gen_random_uuid()::text from generate_series(1, $1) returning id`,
    [count],
  )
  return rows.map(({ id }) => id)
}
