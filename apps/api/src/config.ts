import {
  allOrNone,
  archiveLimit,
  archiveLimits,
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
  url,
  walletSetting,
} from '@muster/process'
import { APPLE_SETTINGS, GOOGLE_SETTINGS, readWalletCredentials } from '@muster/wallets'
import { z } from 'zod'

const GIB = 1024 ** 3

const SETTINGS = z.object({
  PORT: port().default(8080),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: databaseUrl(),
  REDIS_URL: redisUrl(),
  FILE_STORE_URL: fileStoreUrl(),
  BOOTSTRAP_CLIENT_ID: z.string().max(128, 'expected at most 128 characters').optional(),
  BOOTSTRAP_CLIENT_SECRET: z.string().min(16, 'expected at least 16 characters').optional(),
  SECRETS_KEY: secretsKeys(),
  MAX_UPLOAD_BYTES: integer(1, 1024 * GIB).default(5 * GIB),
  ARCHIVE_MAX_ENTRIES: archiveLimit.maxEntries(),
  ARCHIVE_MAX_ENTRY_BYTES: archiveLimit.maxEntryBytes(),
  ARCHIVE_MAX_UNPACKED_BYTES: archiveLimit.maxUnpackedBytes(),
  ARCHIVE_MAX_RATIO: archiveLimit.maxRatio(),
  ARCHIVE_MAX_DIRECTORY_BYTES: archiveLimit.maxDirectoryBytes(),
  DUPLICATE_WINDOW_HOURS: integer(0, 8_760).default(0),
  TENANT_OPERATIONS_IN_FLIGHT: operationsInFlight(),
  TENANT_QUEUED_OPERATIONS: integer(1, 1_000_000).default(1_000),
  TENANT_REQUESTS_PER_MINUTE: integer(0, 1_000_000).default(1_200),
  RETENTION_FILES_DAYS: filesDays(),
  RETENTION_RECORDS_DAYS: recordsDays(),
  OIDC_ISSUER: url('https:', 'http:').optional(),
  OIDC_AUDIENCE: z.string().optional(),
  PUBLIC_URL: url('https:', 'http:').optional(),
  APPLE_PASS_TYPE_ID: walletSetting.passTypeId().optional(),
  APPLE_TEAM_ID: walletSetting.teamId().optional(),
  APPLE_PASS_CERTIFICATE_FILE: walletSetting.file().optional(),
  APPLE_PASS_KEY_FILE: walletSetting.file().optional(),
  APPLE_PASS_KEY_PASSPHRASE: z.string().optional(),
  APPLE_WWDR_CERTIFICATE_FILE: walletSetting.file().optional(),
  GOOGLE_WALLET_ISSUER_ID: walletSetting.issuerId().optional(),
  GOOGLE_WALLET_KEY_FILE: walletSetting.file().optional(),
  LOG_LEVEL: logLevel(),
})

/** Some settings mean something only together. */
const GROUPED = allOrNone(SETTINGS, [
  ['BOOTSTRAP_CLIENT_ID', 'BOOTSTRAP_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_AUDIENCE'],
  APPLE_SETTINGS,
  GOOGLE_SETTINGS,
])

/** The API's settings, with what is in the files they name. Throws a SettingsError that tells every mistake. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const wallets = readWalletCredentials(env)
  const settings = parseSettings(GROUPED, env, wallets.mistakes)
  const {
    BOOTSTRAP_CLIENT_ID: id,
    BOOTSTRAP_CLIENT_SECRET: secret,
    OIDC_ISSUER: issuer,
    OIDC_AUDIENCE: audience,
  } = settings
  return {
    host: settings.HOST,
    port: settings.PORT,
    databaseUrl: settings.DATABASE_URL,
    redisUrl: settings.REDIS_URL,
    fileStoreUrl: settings.FILE_STORE_URL,
    secretsKeys: settings.SECRETS_KEY,
    maxUploadBytes: settings.MAX_UPLOAD_BYTES,
    archiveLimits: archiveLimits(settings),
    duplicateWindowHours: settings.DUPLICATE_WINDOW_HOURS,
    limits: {
      operationsInFlight: settings.TENANT_OPERATIONS_IN_FLIGHT,
      queuedOperations: settings.TENANT_QUEUED_OPERATIONS,
    },
    /** Of each tenant; 0 for no limit. */
    requestsPerMinute: settings.TENANT_REQUESTS_PER_MINUTE,
    retention: { filesDays: settings.RETENTION_FILES_DAYS, recordsDays: settings.RETENTION_RECORDS_DAYS },
    logLevel: settings.LOG_LEVEL,
    /** The first client; null when there is none to make. */
    bootstrapClient: id === undefined || secret === undefined ? null : { id, secret },
    /** An issuer whose tokens are accepted beside ours; null for none. */
    outsideIssuer: issuer === undefined || audience === undefined ? null : { issuer, audience },
    /** The issuer of our tokens. Not the address listened at: tokens stay good when that changes. */
    tokenIssuer: settings.PUBLIC_URL ?? 'urn:muster',
    /** The API's address as others see it; null when nobody said. */
    publicUrl: settings.PUBLIC_URL ?? null,
    /** What passes for Apple Wallet are signed with; null for none. */
    apple: wallets.apple,
    /** What passes for Google Wallet are signed with; null for none. */
    google: wallets.google,
  }
}
