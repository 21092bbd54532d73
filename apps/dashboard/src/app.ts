import type { Pool } from '@muster/database'
import type { WatchedQueues } from '@muster/queue'
import express, { type Express, Router, urlencoded } from 'express'
import { assets } from './assets/assets.ts'
import { audit } from './audit/audit.ts'
import { auditPage } from './audit/audit-page.ts'
import { failed } from './failed.ts'
import { checkHealth } from './health.ts'
import { operationsPages } from './operations/operations-pages.ts'
import { BOARD_PATH } from './queues/board.ts'
import { queuesPages } from './queues/queues-pages.ts'
import { refuse } from './refuse.ts'
import { securityHeaders } from './security-headers.ts'
import { withoutForgeries } from './sign-in/csrf.ts'
import { type IssuerSettings, oidcIssuer } from './sign-in/issuer.ts'
import { issuerRoutes } from './sign-in/issuer-routes.ts'
import { journeyCookie } from './sign-in/journey-cookie.ts'
import { sameOriginOnly } from './sign-in/same-origin.ts'
import { secureRequests, sessionCookies } from './sign-in/session-cookies.ts'
import { type Sessions, sessionsOf } from './sign-in/sessions.ts'
import { type SignInOutcome, signInRoutes } from './sign-in/sign-in.ts'
import { signInLimit } from './sign-in/sign-in-limit.ts'
import { signOutRoutes } from './sign-in/sign-out.ts'
import { signedInOnly } from './sign-in/signed-in-only.ts'
import { viewersOnlyLook } from './sign-in/viewers-only-look.ts'

export interface DashboardOptions {
  readonly pool: Pool
  readonly queues: WatchedQueues
  /** Asks a dispatcher to run now. Must not throw. */
  readonly nudge: () => unknown
  /** The issuer whose people may sign in; null for none. */
  readonly oidc: IssuerSettings | null
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** The dashboard: operations, queues and what was done to them, for those who have signed in. */
export function createDashboard(options: DashboardOptions): Express {
  const { pool, queues, nudge, oidc, log } = options
  const app = express()
  app.disable('x-powered-by')
  app.use(health(pool, queues))
  app.use(securityHeaders())
  app.use('/assets', assets())
  app.use(sameOriginOnly(oidc?.url ?? null))
  const isSecure = secureRequests(oidc?.url ?? null)
  const sessions = sessionsOf(pool, sessionCookies(isSecure))
  const attempted = (outcome: SignInOutcome) => log.info({ outcome }, 'sign-in')
  app.use(signInRoutes({ pool, sessions, limit: signInLimit(), hasIssuer: oidc !== null, attempted }))
  if (oidc !== null) {
    const journeys = journeyCookie(oidc.clientSecret, isSecure)
    app.use(issuerRoutes({ pool, issuer: oidcIssuer(oidc), sessions, journeys, attempted, log }))
  }
  app.use(guards(pool, sessions, log))
  app.use(signOutRoutes(sessions))
  app.get('/', (_request, response) => response.redirect(303, '/operations'))
  app.use('/operations', operationsPages({ pool, nudge }))
  app.use(auditPage(pool))
  app.use(BOARD_PATH, queuesPages(queues))
  app.use((request, response) => {
    refuse(request, response, { status: 404, title: 'Nothing here', sentence: 'There is nothing at this address.' })
  })
  app.use(failed(log))
  return app
}

/** What is behind this is done for somebody who is known, may do it, asked for it here, and is told of in the audit. */
function guards(pool: Pool, sessions: Sessions, log: DashboardOptions['log']): Router {
  const routes = Router()
  routes.use(signedInOnly(sessions))
  routes.use(audit(pool, log))
  routes.use(viewersOnlyLook)
  routes.use(urlencoded({ extended: false, limit: '8kb' }))
  routes.use(withoutForgeries)
  return routes
}

function health(pool: Pool, queues: WatchedQueues): Router {
  const routes = Router()
  routes.get('/healthz', (_request, response) => void response.json({ status: 'alive' }))
  routes.get('/readyz', async (_request, response) => {
    const { ready, checks } = await checkHealth(pool, queues)
    const status = ready ? (Object.values(checks).every(Boolean) ? 'ready' : 'degraded') : 'unready'
    response.status(ready ? 200 : 503).json({ status, checks })
  })
  return routes
}
