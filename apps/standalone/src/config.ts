import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type App, incomplete, isSettingName, parseSettings, readEnvironment, settingsReadBy } from '@muster/process'
import { APPLE_SETTINGS, GOOGLE_SETTINGS } from '@muster/wallets'

/** Some settings mean something only together. */
const TOGETHER = [
  ['OIDC_ISSUER', 'OIDC_AUDIENCE'],
  ['DASHBOARD_OIDC_ISSUER', 'DASHBOARD_OIDC_CLIENT_ID', 'DASHBOARD_OIDC_CLIENT_SECRET', 'DASHBOARD_URL'],
  ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
  ['SMTP_URL', 'MAIL_FROM'],
  APPLE_SETTINGS,
  GOOGLE_SETTINGS,
]

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
  /** What is given, by name and as text; paths of files are absolute. */
  readonly given: Readonly<Record<string, string>>
  /** The environment that Muster was started in, without its own settings. */
  readonly inherited: Readonly<NodeJS.ProcessEnv>
  readonly startedByNpm: boolean
}

/** The settings in the environment. Throws a SettingsError that tells every mistake. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const environment = readEnvironment(env)
  const settings = parseSettings('standalone', environment, incomplete(environment.given, TOGETHER))
  const dataFolder = resolve(settings.DATA_DIR)
  const given = withAbsolutePaths(environment.given)
  return {
    port: settings.PORT,
    dashboardPort: settings.DASHBOARD_PORT,
    host: settings.HOST,
    workers: settings.WORKERS,
    dataFolder,
    databaseUrl: settings.DATABASE_URL ?? null,
    redisUrl: settings.REDIS_URL ?? null,
    fileStoreUrl: settings.FILE_STORE_URL ?? pathToFileURL(resolve(dataFolder, 'files')).href,
    clientId: settings.BOOTSTRAP_CLIENT_ID ?? null,
    clientSecret: settings.BOOTSTRAP_CLIENT_SECRET ?? null,
    operatorName: settings.OPERATOR_NAME ?? null,
    operatorPassword: settings.OPERATOR_PASSWORD ?? null,
    secretsKey: given['SECRETS_KEY'] ?? null,
    publicUrl: settings.PUBLIC_URL ?? null,
    given,
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

/** What is given of the settings that an app reads, by name and as text. */
export function givenFor(app: App, { given }: Settings): Record<string, string> {
  const read = settingsReadBy(app)
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in read))
}

/** Those of the settings that name files. */
function withAbsolutePaths(given: Readonly<Record<string, string>>): Record<string, string> {
  const settings = settingsReadBy('standalone')
  return Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => name in settings)
      .map(([name, value]) => [name, name.endsWith('_FILE') ? resolve(value) : value]),
  )
}

function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSettingName(name)))
}
