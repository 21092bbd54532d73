import { randomBytes } from 'node:crypto'
import { Client, Pool } from 'pg'
import { inject } from 'vitest'
import { TEMPLATE } from './provided.ts'

/** A migrated database of one's own, with one tenant in it and nothing else that the migrations did not put there. */
export interface TestDatabase {
  /** For what opens its own connections. */
  readonly url: string
  readonly pool: Pool
  /** Of the tenant `test`. */
  readonly tenantId: number
  /** Closes the pool and removes the database, whoever is still connected to it. */
  drop(): Promise<void>
}

/** Makes a database for one test file (or one test); call `drop` in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await asAdministrator(`create database ${name} template ${TEMPLATE}`)
  const url = new URL(inject('postgresUrl'))
  url.pathname = name
  const pool = new Pool({ connectionString: url.href, max: 5 })
  // Tests may end connections on purpose; an idle one's end would otherwise be an uncaught error.
  pool.on('error', () => {})
  const tenant = await pool.query<{ id: number }>(`insert into tenants (name) values ('test') returning id`)
  const tenantId = tenant.rows[0]?.id
  if (tenantId === undefined) throw new Error('the tenant was not inserted')
  const drop = async () => {
    await pool.end()
    await asAdministrator(`drop database ${name} with (force)`)
  }
  return { url: url.href, pool, tenantId, drop }
}

async function asAdministrator(statement: string): Promise<void> {
  const client = new Client(inject('postgresUrl'))
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
