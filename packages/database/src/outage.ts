// Node's errors of a connection that cannot be made or breaks.
const NETWORK = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
// SQLSTATE: connection exceptions, too many connections, cancelled statements, a server going down or coming up.
const STATES = /^(08...|53300|57014|57P0[1-5]|25P03)$/
// The driver gives these no code.
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

/**
 * True when PostgreSQL could not be asked, or its answer was lost: trying again may help, and what a
 * statement did is not known.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string') return NETWORK.test(error.code) || STATES.test(error.code)
  return MESSAGES.test(error.message)
}

// No connection was made, so that no statement was sent.
const NEVER_CONNECTED = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|53300|57P03)$/

/** True when, after an outage, it is certain that the statement did nothing. */
export function didNothing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string') return NEVER_CONNECTED.test(error.code)
  return error.message.startsWith('timeout exceeded when trying to connect')
}
