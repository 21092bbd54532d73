import type { Pool } from 'pg'

/** A program that may ask for tokens. */
export interface Client {
  readonly id: string
  readonly tenantId: number
  /** The tenant's name. */
  readonly tenant: string
  /** The secret's scrypt hash with its parameters and salt. */
  readonly secretHash: string
  readonly scopes: readonly string[]
}

/** Null when there is no such client. */
export async function findClient(pool: Pool, id: string): Promise<Client | null> {
  const sql = `select c.id, c.tenant_id as "tenantId", t.name as tenant, c.secret_hash as "secretHash", c.scopes
    from clients c join tenants t on t.id = c.tenant_id where c.id = $1`
  return (await pool.query<Client>(sql, [id])).rows[0] ?? null
}

/** Creates the client, or gives the one of that id this tenant, secret and these scopes. */
export async function saveClient(pool: Pool, client: Omit<Client, 'tenant'>): Promise<void> {
  await pool.query(
    `insert into clients (id, tenant_id, secret_hash, scopes) values ($1, $2, $3, $4)
     on conflict (id) do update set tenant_id = excluded.tenant_id, secret_hash = excluded.secret_hash,
       scopes = excluded.scopes`,
    [client.id, client.tenantId, client.secretHash, client.scopes],
  )
}
