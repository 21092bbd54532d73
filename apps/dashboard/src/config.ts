import { incomplete, parseSettings, readEnvironment, type SettingMistake } from '@muster/process'

/** Some settings mean something only together. */
const TOGETHER = [
  ['OPERATOR_NAME', 'OPERATOR_PASSWORD'],
  ['DASHBOARD_OIDC_ISSUER', 'DASHBOARD_OIDC_CLIENT_ID', 'DASHBOARD_OIDC_CLIENT_SECRET', 'DASHBOARD_URL'],
]

/** The dashboard's settings. Throws a SettingsError that tells everything that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const environment = readEnvironment(env)
  const { given } = environment
  const others = [...incomplete(given, TOGETHER), ...withoutTls(given['DASHBOARD_OIDC_ISSUER'])]
  const settings = parseSettings('dashboard', environment, others)
  const {
    OPERATOR_NAME: name,
    OPERATOR_PASSWORD: password,
    DASHBOARD_OIDC_ISSUER: issuer,
    DASHBOARD_OIDC_CLIENT_ID: clientId,
    DASHBOARD_OIDC_CLIENT_SECRET: clientSecret,
    DASHBOARD_URL: url,
  } = settings
  const isOidc = issuer !== undefined && clientId !== undefined && clientSecret !== undefined && url !== undefined
  return {
    host: settings.HOST,
    port: settings.DASHBOARD_PORT,
    metricsPort: settings.METRICS_PORT,
    databaseUrl: settings.DATABASE_URL,
    redisUrl: settings.REDIS_URL,
    logLevel: settings.LOG_LEVEL,
    /** A local operator to make; null for none. */
    operator: name === undefined || password === undefined ? null : { name, password },
    /** The issuer whose people may sign in; null for none. */
    oidc: isOidc
      ? {
          issuer,
          clientId,
          clientSecret,
          /** The dashboard's address as browsers see it. */
          url,
          rolesClaim: settings.DASHBOARD_OIDC_ROLES_CLAIM,
          operatorRole: settings.DASHBOARD_OIDC_OPERATOR_ROLE,
          viewerRole: settings.DASHBOARD_OIDC_VIEWER_ROLE,
        }
      : null,
  }
}

/** Where the operators are kept: all that their command line needs. Throws a SettingsError. */
export function readDatabaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  return parseSettings('operators', readEnvironment(env)).DATABASE_URL
}

/** What an issuer elsewhere says of people may be believed by TLS alone. */
function withoutTls(issuer: string | undefined): SettingMistake[] {
  if (issuer === undefined || !URL.canParse(issuer)) return []
  const { protocol, hostname } = new URL(issuer)
  if (protocol !== 'http:' || /^(localhost|\[::1\]|127(\.\d+){3})$/.test(hostname)) return []
  return [{ setting: 'DASHBOARD_OIDC_ISSUER', problem: 'expected https:, as the issuer is not on this machine' }]
}
