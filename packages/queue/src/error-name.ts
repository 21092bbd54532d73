/**
 * What may be told about an error of unknown origin: its name and, where it has one, its code. Not
 * its message, which may quote what a user wrote.
 */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const code = 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? `${error.name} ${code}` : error.name
}

/**
 * What BullMQ is given in the place of an error: it keeps messages and stack traces in Redis, where
 * no personal data may be.
 */
export class TurnFailed extends Error {
  constructor(cause: unknown) {
    super(`failed with ${errorName(cause)}; the log tells more`)
    this.name = 'TurnFailed'
    this.stack = `${this.name}: ${this.message}`
  }
}
