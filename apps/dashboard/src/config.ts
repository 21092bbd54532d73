import { logLevel, parseSettings, port, redisUrl, url } from '@muster/process'
import { z } from 'zod'

const settings = z.object({
  DASHBOARD_PORT: port().default(8_081),
  HOST: z.string().default('127.0.0.1'),
  REDIS_URL: redisUrl(),
  OPERATOR_NAME: z.string('expected the name that the operator signs in with'),
  OPERATOR_PASSWORD: z.string('expected a password').min(12, 'expected at least 12 characters'),
  /** Where operations are shown: jobs link there. */
  API_URL: url('http:', 'https:').default('http://127.0.0.1:8080'),
  LOG_LEVEL: logLevel(),
})

export type DashboardConfig = z.infer<typeof settings>

/** Throws a SettingsError that tells everything that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): DashboardConfig {
  return parseSettings(settings, env)
}
