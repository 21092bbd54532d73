import { z } from 'zod'

/** One or more settings are wrong. The message has a line for each. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(`These settings are wrong; correct them and start again:\n${problems.map((p) => `  ${p}`).join('\n')}`)
    this.name = 'SettingsError'
  }
}

/**
 * Parses the environment. A variable that is set but empty counts as not set.
 * Throws a SettingsError that tells every mistake, values of secrets excepted.
 */
export function parseSettings<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): z.infer<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw new SettingsError(
    result.error.issues.map((issue) => {
      const name = String(issue.path[0])
      return `${name}: ${issue.message}, got ${shown(name, given[name])}`
    }),
  )
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

const KIB = 1024
const GIB = 1024 ** 3

/** `ARCHIVE_…`: what an uploaded archive may ask of the API, which looks at its end, and of the workers, which read it. */
export const archiveLimit = {
  /** Entries, folders among them. */
  maxEntries: () => integer(1, 10_000_000).default(1_000_000),
  /** Bytes of one file, unpacked. */
  maxEntryBytes: () => integer(KIB, 64 * KIB * KIB).default(KIB * KIB),
  /** Bytes of all files together, unpacked. */
  maxUnpackedBytes: () => integer(1, KIB * GIB).default(4 * GIB),
  /** How many times larger than packed a file of more than 1 MiB may be when unpacked. */
  maxRatio: () => integer(1, 10_000).default(200),
  /** Bytes of the list of files at the archive's end. */
  maxDirectoryBytes: () => integer(KIB, 4 * GIB).default(256 * KIB * KIB),
} as const

interface ArchiveSettings {
  readonly ARCHIVE_MAX_ENTRIES: number
  readonly ARCHIVE_MAX_ENTRY_BYTES: number
  readonly ARCHIVE_MAX_UNPACKED_BYTES: number
  readonly ARCHIVE_MAX_RATIO: number
  readonly ARCHIVE_MAX_DIRECTORY_BYTES: number
}

/** The limits that these settings are. */
export function archiveLimits(settings: ArchiveSettings): { readonly [L in keyof typeof archiveLimit]: number } {
  return {
    maxEntries: settings.ARCHIVE_MAX_ENTRIES,
    maxEntryBytes: settings.ARCHIVE_MAX_ENTRY_BYTES,
    maxUnpackedBytes: settings.ARCHIVE_MAX_UNPACKED_BYTES,
    maxRatio: settings.ARCHIVE_MAX_RATIO,
    maxDirectoryBytes: settings.ARCHIVE_MAX_DIRECTORY_BYTES,
  }
}
