import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
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
import { APPLE_SETTINGS, GOOGLE_SETTINGS } from '@muster/wallets'
import { z } from 'zod'

const GIB = 1024 ** 3

/** Every setting of `npm start`. What is not given has the default shown, or is made by Muster itself. */
const SETTINGS = z.object({
  PORT: port().default(8080),
  DASHBOARD_PORT: port().default(8081),
  HOST: z.string().default('127.0.0.1'),
  WORKERS: integer(1, 64).default(1),
  DATA_DIR: z.string().default('.muster'),
  DATABASE_URL: databaseUrl().optional(),
  REDIS_URL: redisUrl().optional(),
  FILE_STORE_URL: fileStoreUrl().optional(),
  BOOTSTRAP_CLIENT_ID: z.string().max(128, 'expected at most 128 characters').optional(),
  BOOTSTRAP_CLIENT_SECRET: z.string().min(16, 'expected at least 16 characters').optional(),
  OPERATOR_NAME: z.string().max(200, 'expected at most 200 characters').optional(),
  OPERATOR_PASSWORD: z.string().min(12, 'expected at least 12 characters').optional(),
  SECRETS_KEY: secretsKeys()
    .transform((keys) => keys.map((key) => key.toString('base64')).join(','))
    .optional(),
  MAX_UPLOAD_BYTES: integer(1, 1024 * GIB).default(5 * GIB),
  ARCHIVE_MAX_ENTRIES: archiveLimit.maxEntries(),
  ARCHIVE_MAX_ENTRY_BYTES: archiveLimit.maxEntryBytes(),
  ARCHIVE_MAX_UNPACKED_BYTES: archiveLimit.maxUnpackedBytes(),
  ARCHIVE_MAX_RATIO: archiveLimit.maxRatio(),
  ARCHIVE_MAX_DIRECTORY_BYTES: archiveLimit.maxDirectoryBytes(),
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
  SMTP_URL: mailSetting.smtpUrl().optional(),
  MAIL_FROM: mailSetting
    .from()
    .transform(({ name, address }) => (name === null ? address : `${name} <${address}>`))
    .optional(),
  MAILS_PER_SECOND: mailSetting.perSecond(),
  LOG_LEVEL: logLevel(),
  CHUNK_SIZE: integer(1, 10_000).default(5_000),
  LANES: integer(1, 16).default(2),
  CONCURRENCY: integer(1, 16).default(2),
  TURN_MS: integer(100, 600_000).default(1_000),
  DUPLICATE_WINDOW_HOURS: integer(0, 8_760).default(0),
  TENANT_OPERATIONS_IN_FLIGHT: operationsInFlight(),
  TENANT_QUEUED_OPERATIONS: integer(1, 1_000_000).default(1_000),
  TENANT_REQUESTS_PER_MINUTE: integer(0, 1_000_000).default(1_200),
  AWAITING_DATA_HOURS: integer(1, 8_760).default(24),
  RETENTION_FILES_DAYS: filesDays(),
  RETENTION_RECORDS_DAYS: recordsDays(),
})

/** Some settings mean something only together. */
const SCHEMA = allOrNone(SETTINGS, [
  ['OIDC_ISSUER', 'OIDC_AUDIENCE'],
  APPLE_SETTINGS,
  GOOGLE_SETTINGS,
  ['SMTP_URL', 'MAIL_FROM'],
])

/** What the whole stack is started with. Null: nobody said, and the data folder has or gets one. */
export interface Settings {
  /** 0 picks a free one. */
  readonly port: number
  /** 0 picks a free one. */
  readonly dashboardPort: number
  /** The address that the API and the dashboard listen on. */
  readonly host: string
  readonly workers: number
  /** Absolute. */
  readonly dataFolder: string
  /** Null: a private PostgreSQL is started. */
  readonly databaseUrl: string | null
  /** Null: a private Redis is started. */
  readonly redisUrl: string | null
  readonly fileStoreUrl: string
  readonly clientId: string | null
  readonly clientSecret: string | null
  readonly operatorName: string | null
  readonly operatorPassword: string | null
  /** Base64, the sealing one first, comma-separated. */
  readonly secretsKey: string | null
  /** The API's address as others see it. Null: where it listens. */
  readonly publicUrl: string | null
  /** Those of the wallets that are given, by their names; paths of files are absolute. */
  readonly wallets: Readonly<Record<string, string>>
  /** Those of mails that are given, by their names: for the workers alone. */
  readonly mail: Readonly<Record<string, string>>
  /** What every process gets as it is: tuning, limits, the outside issuer. */
  readonly shared: Readonly<Record<string, string>>
  /** The environment that Muster was started in, without its own settings. */
  readonly inherited: Readonly<NodeJS.ProcessEnv>
  readonly startedByNpm: boolean
}

/** The settings in the environment. Throws a SettingsError that tells every mistake. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = parseSettings(SCHEMA, env)
  const dataFolder = resolve(given.DATA_DIR)
  return {
    port: given.PORT,
    dashboardPort: given.DASHBOARD_PORT,
    host: given.HOST,
    workers: given.WORKERS,
    dataFolder,
    databaseUrl: given.DATABASE_URL ?? null,
    redisUrl: given.REDIS_URL ?? null,
    fileStoreUrl: given.FILE_STORE_URL ?? pathToFileURL(resolve(dataFolder, 'files')).href,
    clientId: given.BOOTSTRAP_CLIENT_ID ?? null,
    clientSecret: given.BOOTSTRAP_CLIENT_SECRET ?? null,
    operatorName: given.OPERATOR_NAME ?? null,
    operatorPassword: given.OPERATOR_PASSWORD ?? null,
    secretsKey: given.SECRETS_KEY ?? null,
    publicUrl: given.PUBLIC_URL ?? null,
    wallets: walletSettings(given),
    mail: named(given, ['SMTP_URL', 'MAIL_FROM', 'MAILS_PER_SECOND']),
    shared: named(given, SHARED),
    inherited: withoutSettings(env),
    startedByNpm: env['npm_lifecycle_event'] !== undefined,
  }
}

/**
 * The demo's settings: nothing of the user's own, so that it never touches real data; and small
 * chunks, so that its few rows move a progress bar.
 */
export function demoSettings(dataFolder: string, env: NodeJS.ProcessEnv = process.env): Settings {
  return readSettings({
    ...withoutSettings(env),
    PORT: '0',
    DASHBOARD_PORT: '0',
    DATA_DIR: dataFolder,
    CHUNK_SIZE: '1000',
  })
}

const SHARED = [
  'MAX_UPLOAD_BYTES',
  'DUPLICATE_WINDOW_HOURS',
  'OIDC_ISSUER',
  'OIDC_AUDIENCE',
  'LOG_LEVEL',
  'CHUNK_SIZE',
  'LANES',
  'CONCURRENCY',
  'TURN_MS',
  'TENANT_OPERATIONS_IN_FLIGHT',
  'TENANT_QUEUED_OPERATIONS',
  'TENANT_REQUESTS_PER_MINUTE',
  'AWAITING_DATA_HOURS',
  'ARCHIVE_MAX_ENTRIES',
  'ARCHIVE_MAX_ENTRY_BYTES',
  'ARCHIVE_MAX_UNPACKED_BYTES',
  'ARCHIVE_MAX_RATIO',
  'ARCHIVE_MAX_DIRECTORY_BYTES',
  'RETENTION_FILES_DAYS',
  'RETENTION_RECORDS_DAYS',
] as const

type Given = z.infer<typeof SCHEMA>

/** Those of the settings that are given, as text. */
function named(given: Given, names: readonly (keyof Given)[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, String(given[name])]])))
}

function walletSettings(given: z.infer<typeof SCHEMA>): Record<string, string> {
  return Object.fromEntries(
    [...APPLE_SETTINGS, 'APPLE_PASS_KEY_PASSPHRASE' as const, ...GOOGLE_SETTINGS].flatMap((name) => {
      const value = given[name]
      return value === undefined ? [] : [[name, name.endsWith('_FILE') ? resolve(value) : value]]
    }),
  )
}

function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !(name in SCHEMA.shape)))
}
