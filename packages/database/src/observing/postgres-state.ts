import type { Pool } from 'pg'
import { observed } from './observing.ts'

/** How PostgreSQL fares. */
export interface PostgresState {
  /** Of clients, to whichever of its databases. */
  readonly connections: number
  /** That it takes from others than superusers. */
  readonly connectionsLimit: number
  /** Bytes on its disk, of this database. */
  readonly sizeBytes: number
}

// Who may not look into others' sessions sees that they are there, but not of what kind: those of no database are
// PostgreSQL's own.
const STATE = `
  select (
      select count(*)::integer from pg_stat_activity
      where datid is not null and coalesce(backend_type, 'client backend') = 'client backend'
    ) as connections,
    current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
      - coalesce(current_setting('reserved_connections', true), '0')::integer as "connectionsLimit",
    pg_database_size(current_database())::double precision as "sizeBytes"`

/** Throws when PostgreSQL is away; gives a statement up after 2 s. */
export function postgresState(pool: Pool): Promise<PostgresState> {
  return observed<PostgresState>(pool, STATE)
}
