import {
  archiveLimit,
  databaseUrl,
  fileStoreUrl,
  filesDays,
  integer,
  logLevel,
  operationsInFlight,
  parseSettings,
  port,
  recordsDays,
  redisUrl,
  secretsKeys,
} from '@muster/process'
import { z } from 'zod'

const settings = z.object({
  DATABASE_URL: databaseUrl(),
  REDIS_URL: redisUrl(),
  FILE_STORE_URL: fileStoreUrl(),
  SECRETS_KEY: secretsKeys(),
  /** Rows of a chunk, all lanes together. */
  CHUNK_SIZE: integer(1, 10_000).default(5_000),
  /** Lanes of an operation; each has a connection while it commits. */
  LANES: integer(1, 16).default(2),
  /** Operations that have their turn in this process at the same time. */
  CONCURRENCY: integer(1, 16).default(2),
  /** Milliseconds after which an operation lets others have their turn. */
  TURN_MS: integer(100, 600_000).default(1_000),
  ARCHIVE_MAX_ENTRIES: archiveLimit.maxEntries(),
  ARCHIVE_MAX_ENTRY_BYTES: archiveLimit.maxEntryBytes(),
  ARCHIVE_MAX_UNPACKED_BYTES: archiveLimit.maxUnpackedBytes(),
  ARCHIVE_MAX_RATIO: archiveLimit.maxRatio(),
  ARCHIVE_MAX_DIRECTORY_BYTES: archiveLimit.maxDirectoryBytes(),
  TENANT_OPERATIONS_IN_FLIGHT: operationsInFlight(),
  RETENTION_FILES_DAYS: filesDays(),
  RETENTION_RECORDS_DAYS: recordsDays(),
  /** Hours after which an operation that was not started is given up. */
  AWAITING_DATA_HOURS: integer(1, 8_760).default(24),
  /** Where `/metrics`, `/healthz` and `/readyz` are served. */
  METRICS_PORT: port().default(9_100),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: logLevel(),
})

export type WorkerConfig = z.infer<typeof settings>

/** Throws a SettingsError that tells everything that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): WorkerConfig {
  return parseSettings(settings, env)
}
