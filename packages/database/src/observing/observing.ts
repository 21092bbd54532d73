import type { Pool, QueryResultRow } from 'pg'

/** Nobody waits longer for what is observed; the connection is given up then, so that the next question has another. */
const PATIENCE_MS = 2_000

/** The one row that a statement answers. Throws when it does not in time. */
export async function observed<R extends QueryResultRow>(pool: Pool, text: string): Promise<R> {
  const question = { text, query_timeout: PATIENCE_MS }
  const [row] = (await pool.query<R>(question)).rows
  if (row === undefined) throw new Error('nothing was observed')
  return row
}
