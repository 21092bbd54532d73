import type { Pool, PoolClient } from 'pg'

/** Runs `work` between `begin` and commit; rolls back, and drops a broken connection, when it throws. */
export async function inTransaction<T>(
  pool: Pool,
  begin: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // While it is checked out, the pool does not listen for the loss of the connection.
  const lost = (error: Error): void => {
    broken = error
  }
  client.on('error', lost)
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.off('error', lost)
    client.release(broken)
  }
}
