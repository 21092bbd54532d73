import type { Wallet } from '@muster/engine'
import {
  allOrNone,
  archiveLimit,
  databaseUrl,
  fileStoreUrl,
  filesDays,
  integer,
  logLevel,
  mailSetting,
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

const SETTINGS = z.object({
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
  SMTP_URL: mailSetting.smtpUrl().optional(),
  MAIL_FROM: mailSetting.from().optional(),
  MAILS_PER_SECOND: mailSetting.perSecond(),
  /** The API's address as phones see it: mails carry links to it. */
  PUBLIC_URL: url('https:', 'http:').optional(),
  APPLE_PASS_TYPE_ID: walletSetting.passTypeId().optional(),
  APPLE_TEAM_ID: walletSetting.teamId().optional(),
  APPLE_PASS_CERTIFICATE_FILE: walletSetting.file().optional(),
  APPLE_PASS_KEY_FILE: walletSetting.file().optional(),
  APPLE_PASS_KEY_PASSPHRASE: z.string().optional(),
  APPLE_WWDR_CERTIFICATE_FILE: walletSetting.file().optional(),
  GOOGLE_WALLET_ISSUER_ID: walletSetting.issuerId().optional(),
  GOOGLE_WALLET_KEY_FILE: walletSetting.file().optional(),
  RETENTION_FILES_DAYS: filesDays(),
  RETENTION_RECORDS_DAYS: recordsDays(),
  /** Hours after which an operation that was not started is given up. */
  AWAITING_DATA_HOURS: integer(1, 8_760).default(24),
  /** Where `/metrics`, `/healthz` and `/readyz` are served. */
  METRICS_PORT: port().default(9_100),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: logLevel(),
})

/** Some settings mean something only together. */
const GROUPED = allOrNone(SETTINGS, [['SMTP_URL', 'MAIL_FROM'], APPLE_SETTINGS, GOOGLE_SETTINGS]).refine(
  ({ SMTP_URL, PUBLIC_URL }) => SMTP_URL === undefined || PUBLIC_URL !== undefined,
  { path: ['PUBLIC_URL'], message: 'expected the address of the API for the links in mails, as SMTP_URL is set' },
)

/** The worker's settings, with what is in the files they name. Throws a SettingsError that tells everything that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const { apple, google, mistakes } = readWalletCredentials(env)
  const settings = parseSettings(GROUPED, env, mistakes)
  const { SMTP_URL: smtpUrl, MAIL_FROM: from, PUBLIC_URL: publicUrl } = settings
  const wallets: readonly Wallet[] = [
    ...(apple === null ? [] : (['apple'] as const)),
    ...(google === null ? [] : (['google'] as const)),
  ]
  return {
    ...settings,
    retention: {
      awaitingDataHours: settings.AWAITING_DATA_HOURS,
      filesDays: settings.RETENTION_FILES_DAYS,
      recordsDays: settings.RETENTION_RECORDS_DAYS,
    },
    /** How passes are mailed; null where no mail server is set up. */
    mail:
      smtpUrl === undefined || from === undefined || publicUrl === undefined
        ? null
        : { smtpUrl, from, publicUrl, perSecond: settings.MAILS_PER_SECOND },
    /** Those that passes can go to. */
    wallets,
    /** What Google Wallet is told with; null where it is not set up. */
    google,
  }
}

export type WorkerConfig = ReturnType<typeof readConfig>
