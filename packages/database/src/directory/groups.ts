import type { Pool } from 'pg'

export interface Group {
  /** Decimal digits. */
  readonly id: string
  readonly name: string
}

/** The tenant's groups by name, those after `after`; `limit` at most. */
export async function listGroups(
  pool: Pool,
  tenantId: number,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly Group[]> {
  const sql = 'select id, name from groups where tenant_id = $1 and name > $2 order by name limit $3'
  return (await pool.query<Group>(sql, [tenantId, page.after, page.limit])).rows
}

/** Null when the tenant has a group of that name. */
export async function createGroup(pool: Pool, tenantId: number, name: string): Promise<Group | null> {
  const sql = `insert into groups (tenant_id, name) values ($1, $2)
    on conflict (tenant_id, name) do nothing returning id, name`
  return (await pool.query<Group>(sql, [tenantId, name])).rows[0] ?? null
}
