import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { from } from 'pg-copy-streams'
import { USER_COLUMNS } from './files.ts'

/**
 * The seconds that PostgreSQL takes for the file itself: `COPY` over one connection into an empty
 * table with the columns, indexes and constraints of `users`, beside it in the same database. The
 * tenant, which no file names, is a default. The table is gone afterwards.
 */
export async function copySeconds(databaseUrl: string, file: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query('drop table if exists copied')
    await client.query('create table copied (like users including all)')
    await client.query('alter table copied alter column tenant_id set default 1')
    const columns = Object.values(USER_COLUMNS).join(', ')
    const began = performance.now()
    const rows = client.query(from(`copy copied (${columns}) from stdin (format csv, header true)`))
    await pipeline(createReadStream(file, { highWaterMark: 256 * 1_024 }), rows)
    const seconds = (performance.now() - began) / 1_000
    await client.query('drop table copied')
    return seconds
  } finally {
    await client.end()
  }
}
