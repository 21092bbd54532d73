import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino'
import { errorFields, errorSentence } from './error-fields.ts'

export type Logger = PinoLogger

export interface LoggerOptions {
  /** The process's role, such as `api`; on every line. */
  readonly service: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Where the lines go; stdout unless given. */
  readonly destination?: DestinationStream
}

/** Names of fields that carry secrets, wherever they stand in the first two levels. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  'password',
  'secret',
  'client_secret',
  'clientSecret',
  'token',
  'access_token',
  'accessToken',
  'assertion',
  'client_assertion',
]

/**
 * One JSON line an event: ISO time, level by name, service, process id. An error goes under `err`;
 * see `errorFields` for what of it is told. Fields that carry secrets are blotted out, but do not
 * count on it: log names, numbers and ids, never values.
 */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  const settings = {
    level,
    base: { service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorOnly, error: errorOnly },
    redact: { paths: SECRET_FIELDS.flatMap(anywhere), censor: '[redacted]' },
    hooks: { logMethod: withSafeMessage },
  }
  return destination === undefined ? pino(settings) : pino(settings, destination)
}

/** A path for the field at the top and one and two levels below it. */
function anywhere(field: string): string[] {
  const below = field.startsWith('[') ? field : `.${field}`
  return [field, `*${below}`, `*.*${below}`]
}

function errorOnly(value: unknown): unknown {
  return value instanceof Error ? errorFields(value) : value
}

/** Where a line has an error and no message, pino takes the error's, which may quote values. */
function withSafeMessage(this: PinoLogger, args: unknown[], method: (...args: never[]) => void): void {
  const [first, message] = args
  const error = first instanceof Error ? first : errorIn(first)
  const safe = error !== null && message === undefined ? [first, errorSentence(error)] : args
  Reflect.apply(method, this, safe)
}

function errorIn(fields: unknown): Error | null {
  if (typeof fields !== 'object' || fields === null || !('err' in fields)) return null
  return fields.err instanceof Error ? fields.err : null
}
