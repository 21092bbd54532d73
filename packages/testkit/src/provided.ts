// What the global setup hands to every test file.
declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's URL of the run's PostgreSQL. */
    readonly postgresUrl: string
    /** Where everything of the run is kept; removed when it ends. */
    readonly runFolder: string
  }
}

/** The migrated database that every test database is a copy of. */
export const TEMPLATE = 'muster_template'
