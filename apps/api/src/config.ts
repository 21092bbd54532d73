import { archiveLimits, fileStoreSetting, incomplete, parseSettings, readEnvironment } from '@muster/process'
import { APPLE_SETTINGS, GOOGLE_SETTINGS, readWalletCredentials } from '@muster/wallets'

/** Some settings mean something only together. */
const TOGETHER = [
  ['BOOTSTRAP_CLIENT_ID', 'BOOTSTRAP_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_AUDIENCE'],
  ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
  APPLE_SETTINGS,
  GOOGLE_SETTINGS,
]

/** The API's settings, with what is in the files they name. Throws a SettingsError that tells every mistake. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const environment = readEnvironment(env)
  const { given } = environment
  const wallets = readWalletCredentials(given)
  const settings = parseSettings('api', environment, [...incomplete(given, TOGETHER), ...wallets.mistakes])
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
    fileStore: fileStoreSetting(settings),
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
