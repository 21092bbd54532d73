import type { Pool } from 'pg'

export interface NamedTenant {
  readonly id: number
  readonly name: string
}

/** The tenant of that name, or else of that id in decimal digits; null when there is none. No NUL. */
export async function tenantNamed(pool: Pool, nameOrId: string): Promise<NamedTenant | null> {
  const { rows } = await pool.query<NamedTenant>(
    `select id, name from tenants where name = $1 or id = $2 order by name = $1 desc limit 1`,
    [nameOrId, /^[1-9]\d{0,8}$/.test(nameOrId) ? nameOrId : null],
  )
  return rows[0] ?? null
}
