import type { WatchedQueues } from '@muster/queue'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { createBoard } from './board.ts'
import type { Operator } from './operator.ts'
import { redisAway } from './redis-away.ts'
import { sameOriginOnly } from './same-origin.ts'
import { createSessions } from './session.ts'
import { signedInOnly, signInRoutes } from './sign-in.ts'
import { signInLimit } from './sign-in-limit.ts'

export interface DashboardOptions {
  readonly operator: Operator
  readonly queues: WatchedQueues
  readonly apiUrl: string
  readonly log: {
    info(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** The dashboard: the queues, for an operator who has signed in. */
export function createDashboard({ operator, queues, apiUrl, log }: DashboardOptions): Express {
  const sessions = createSessions(operator)
  const app = express()
  app.disable('x-powered-by')
  app.get('/healthz', (_request, response) => void response.json({ status: 'alive' }))
  app.use(securityHeaders())
  app.use(sameOriginOnly)
  const attempted = (outcome: string) => log.info({ outcome }, 'sign-in')
  app.use(signInRoutes({ operator, sessions, limit: signInLimit(), attempted }))
  app.use(signedInOnly(sessions))
  app.use(audit(log))
  app.use(redisAway(() => queues.isUp()))
  app.use(createBoard(queues, apiUrl))
  app.use((_request, response) => void response.status(404).json({ error: 'There is nothing here.' }))
  app.use(failed(log))
  return app
}

function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Bull Board's page has a style element, and style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Who terminates TLS decides about the host; this may as well be a plain address.
    strictTransportSecurity: false,
  })
}

/** What an operator changes is told; paths hold names of queues and ids of jobs. */
function audit(log: DashboardOptions['log']): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const { method, path } = request
      response.on('finish', () => log.info({ method, path, status: response.statusCode }, 'operator action'))
    }
    next()
  }
}

function failed(log: DashboardOptions['log']): ErrorRequestHandler {
  return (error: Error & { status?: number }, _request, response, next) => {
    if (response.headersSent) return next(error)
    const status = error.status !== undefined && error.status >= 400 && error.status < 500 ? error.status : 500
    if (status === 500) log.error({ err: error }, 'a request failed')
    response
      .status(status)
      .json({ error: status === 500 ? 'This failed; the log tells why.' : 'This is not a request we understand.' })
  }
}
