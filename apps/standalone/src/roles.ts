import { fileURLToPath } from 'node:url'
import { givenFor, type Settings } from './config.ts'
import type { Credentials } from './credentials.ts'

/** What every process of the stack must know of the others. */
export interface Surroundings {
  readonly settings: Settings
  readonly credentials: Credentials
  readonly secretsKey: string
  readonly databaseUrl: string
  readonly redisUrl: string
  /** The wallets' settings, by their names. */
  readonly wallets: Readonly<Record<string, string>>
}

type NodeRole = 'api' | 'worker' | 'dashboard'

/** The main module of a role, as the build leaves it. */
export function mainModule(role: NodeRole): string {
  return fileURLToPath(new URL(`../../${role}/dist/main.js`, import.meta.url))
}

/**
 * Node's flags for each role. A small young generation keeps the resident set flat: rows and
 * requests live briefly, and V8 would otherwise let tens of megabytes of them gather before it looks.
 */
export const NODE_FLAGS: Readonly<Record<NodeRole, readonly string[]>> = {
  api: ['--max-old-space-size=96', '--max-semi-space-size=4'],
  worker: ['--max-old-space-size=128', '--max-semi-space-size=16'],
  dashboard: ['--max-old-space-size=128', '--max-semi-space-size=4'],
}

export function apiEnvironment(around: Surroundings, port: number): NodeJS.ProcessEnv {
  const { settings, credentials } = around
  return {
    ...common('api', around),
    PORT: String(port),
    HOST: settings.host,
    FILE_STORE_URL: settings.fileStoreUrl,
    BOOTSTRAP_CLIENT_ID: credentials.clientId,
    BOOTSTRAP_CLIENT_SECRET: credentials.clientSecret,
    SECRETS_KEY: around.secretsKey,
    ...around.wallets,
  }
}

/** @param apiUrl where the API listens: the links in mails lead there where no public address is set */
export function workerEnvironment(around: Surroundings, apiUrl: string): NodeJS.ProcessEnv {
  return {
    ...common('worker', around),
    // Its metrics are for whoever watches this machine.
    HOST: '127.0.0.1',
    FILE_STORE_URL: around.settings.fileStoreUrl,
    SECRETS_KEY: around.secretsKey,
    PUBLIC_URL: around.settings.publicUrl ?? apiUrl,
    ...around.wallets,
    METRICS_PORT: '0',
  }
}

export function dashboardEnvironment(around: Surroundings, port: number): NodeJS.ProcessEnv {
  const { settings, credentials } = around
  return {
    ...common('dashboard', around),
    DASHBOARD_PORT: String(port),
    HOST: settings.host,
    OPERATOR_NAME: credentials.operator.name,
    OPERATOR_PASSWORD: credentials.operator.password,
    METRICS_PORT: '0',
  }
}

/** What is given of the role's own settings, and where the servers are. */
function common(role: NodeRole, { settings, databaseUrl, redisUrl }: Surroundings): NodeJS.ProcessEnv {
  return { ...settings.inherited, ...givenFor(role, settings), DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }
}
