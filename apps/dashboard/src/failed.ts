import { isOutage } from '@muster/database'
import type { ErrorRequestHandler } from 'express'
import { type Refused, refuse } from './refuse.ts'

const DATABASE_AWAY: Refused = {
  status: 503,
  title: 'PostgreSQL is away',
  sentence:
    'PostgreSQL does not answer, so nobody can be signed in and nothing is changed that cannot be recorded. Try again in a moment.',
  retryAfter: 5,
}

const NOT_UNDERSTOOD = { title: 'Not understood', sentence: 'This is not a request that the dashboard understands.' }

const BROKEN: Refused = {
  status: 500,
  title: 'This failed',
  sentence: 'This failed; the log of the dashboard tells why.',
}

/** Answers what was thrown on the way. */
export function failed(log: { error(fields: object, message: string): void }): ErrorRequestHandler {
  return (error: Error & { status?: number; expose?: boolean }, request, response, next) => {
    if (response.headersSent) return next(error)
    if (isOutage(error)) {
      log.error({ err: error }, 'PostgreSQL is away')
      return refuse(request, response, DATABASE_AWAY)
    }
    // Express and its parsers mark so what the request is to blame for.
    const { status, expose } = error
    if (expose === true && status !== undefined) return refuse(request, response, { status, ...NOT_UNDERSTOOD })
    log.error({ err: error }, 'a request failed')
    refuse(request, response, BROKEN)
  }
}
