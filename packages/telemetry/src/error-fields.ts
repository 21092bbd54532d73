/** What of an error goes into a log line. */
export interface ErrorFields {
  readonly name: string
  /** Absent for errors of the database, whose messages quote values. */
  readonly message?: string
  readonly code?: string
  readonly severity?: string
  readonly routine?: string
  readonly table?: string
  readonly constraint?: string
  readonly stack: string
  readonly cause?: ErrorFields
}

const DEEPEST_CAUSE = 4

/**
 * An error's name, code, message and stack, and its causes'. Errors of the database are told by
 * SQLSTATE and names of the schema, without message, detail, hint, context, query or parameters:
 * those quote what users wrote. Any further fields of an error are left out for the same reason.
 */
export function errorFields(error: Error, depth = 0): ErrorFields {
  const cause =
    error.cause instanceof Error && depth < DEEPEST_CAUSE ? { cause: errorFields(error.cause, depth + 1) } : {}
  const ofDatabase = isDatabaseError(error)
  return {
    name: error.name,
    ...(ofDatabase ? {} : { message: error.message }),
    ...texts(error, ofDatabase ? ['code', 'severity', 'routine', 'table', 'constraint'] : ['code']),
    stack: ofDatabase ? frames(error) : (error.stack ?? ''),
    ...cause,
  }
}

/** A sentence about the error that quotes no value of the database's. */
export function errorSentence(error: Error): string {
  return isDatabaseError(error) ? `database error ${texts(error, ['code'])['code']}` : error.message
}

/** True for errors with an SQLSTATE. All of those have a digit, which the codes of Node and the system seldom have. */
function isDatabaseError(error: Error): boolean {
  if ('severity' in error && 'code' in error) return true
  return 'code' in error && typeof error.code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(error.code)
}

function texts(error: Error, names: readonly string[]): Record<string, string> {
  const entries = Object.entries(Object.getOwnPropertyDescriptors(error))
  return Object.fromEntries(
    entries
      .filter(([name, { value }]) => names.includes(name) && typeof value === 'string')
      .map(([name, { value }]) => [name, String(value)]),
  )
}

/** The stack without the message that it begins with, which may have several lines. */
function frames(error: Error): string {
  const stack = error.stack ?? ''
  const head = stack.indexOf(error.message)
  const rest = error.message !== '' && head >= 0 ? stack.slice(head + error.message.length) : stack
  const lines = rest.split('\n').filter((line) => /^\s+at .*(:\d+:\d+\)?|\)|native)$/.test(line))
  return lines.join('\n')
}
