import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'

// The same folder seen from src/ and from dist/.
const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

const WARNINGS_ONLY = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message: string) => process.stderr.write(`${message}\n`),
  error: (message: string) => process.stderr.write(`${message}\n`),
}

/**
 * Brings the schema up to date, in one transaction: either every pending migration is applied or none.
 * Any number of processes may call it at once; they wait for one another and the late ones find nothing to do.
 *
 * @returns the names of the migrations applied by this call
 */
export async function migrate(databaseUrl: string): Promise<readonly string[]> {
  const applied = await runner({
    databaseUrl,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: 'migrations',
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: WARNINGS_ONLY,
  })
  return applied.map((migration) => migration.name)
}
