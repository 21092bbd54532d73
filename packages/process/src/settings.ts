import { z } from 'zod'

/** One or more settings are wrong. The message has a line for each. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(`These settings are wrong; correct them and start again:\n${problems.map((p) => `  ${p}`).join('\n')}`)
    this.name = 'SettingsError'
  }
}

/** What is wrong with a setting beside its value, such as the contents of the file that it names. */
export interface SettingMistake {
  readonly setting: string
  /** A phrase that begins with *expected*, without secrets. */
  readonly problem: string
}

/**
 * Parses the environment. A variable that is set but empty counts as not set.
 * Throws a SettingsError that tells every mistake, values of secrets excepted.
 *
 * @param others what was found to be wrong elsewhere, to be told with the rest
 */
export function parseSettings<S extends z.ZodObject>(
  schema: S,
  env: NodeJS.ProcessEnv,
  others: readonly SettingMistake[] = [],
): z.infer<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const result = schema.safeParse(given)
  if (result.success && others.length === 0) return result.data
  const issues = result.error?.issues ?? []
  throw new SettingsError([
    ...issues.map((issue) => {
      const name = String(issue.path[0])
      return `${name}: ${issue.message}, got ${shown(name, given[name])}`
    }),
    ...others.map(({ setting, problem }) => `${setting}: ${problem}`),
  ])
}

/** The same settings, of which those of a group are all given or none. */
export function allOrNone<S extends z.ZodObject>(schema: S, groups: readonly (readonly string[])[]): S {
  const needs = groups.flatMap((group) => group.map((needed) => ({ needed, group })))
  return needs.reduce(
    (settings, { needed, group }) =>
      settings.refine((values) => values[needed] !== undefined || firstGiven(values, group) === undefined, {
        path: [needed],
        error: ({ input }) => `expected a value, as ${firstGiven(input, group)} has one`,
        // Also when other settings are wrong: all mistakes are told together.
        when: () => true,
      }),
    schema,
  )
}

/** The first of the group that has a value. */
function firstGiven(values: unknown, group: readonly string[]): string | undefined {
  return group.find((name) => Object(values)[name] !== undefined)
}

/** A setting may be shown in an error unless it carries a secret. */
function shown(name: string, value: string | undefined): string {
  if (value === undefined) return 'nothing'
  return /SECRET|KEY|PASSWORD|_URL$/.test(name) ? 'something else (not shown)' : JSON.stringify(value)
}

/** A whole number within bounds. */
export function integer(min: number, max: number) {
  const message = `expected a whole number from ${min} to ${max}`
  return z
    .string(message)
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((n) => n >= min && n <= max, message)
}

/** A TCP port; 0 picks a free one. */
export const port = () => integer(0, 65_535)

/** A URL of one of these schemes, like `postgresql:`. */
export function url(...schemes: readonly string[]) {
  const message = `expected a URL that starts with ${schemes.join(' or ')}`
  return z.string(message).refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), message)
}

export const databaseUrl = () => url('postgresql:', 'postgres:')
export const redisUrl = () => url('redis:', 'rediss:')
export const fileStoreUrl = () => url('file:')

/**
 * `SECRETS_KEY`: 32 bytes in base64. Several, comma-separated, while keys are rotated: the first
 * seals, all of them open.
 */
export function secretsKeys() {
  const message = 'expected 32 bytes in base64 (openssl rand -base64 32 makes some)'
  return z
    .string(message)
    .transform((text) => text.split(',').map((part) => Buffer.from(part.trim(), 'base64')))
    .refine((keys) => keys.every((key) => key.length === 32), message)
}

export const logLevel = () =>
  z.enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error').default('info')

/** `TENANT_OPERATIONS_IN_FLIGHT`: operations of one tenant that have turns at the same time. */
export const operationsInFlight = () => integer(2, 100).default(4)

/** `RETENTION_FILES_DAYS`: days after its end that an operation's files are kept. */
export const filesDays = () => integer(1, 36_500).default(30)

/** `RETENTION_RECORDS_DAYS`: days after its end that an operation's record and failed rows are kept. */
export const recordsDays = () => integer(1, 36_500).default(90)
