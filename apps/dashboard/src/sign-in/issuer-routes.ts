import { type Pool, recordAction } from '@muster/database'
import { type Request, type Response, Router } from 'express'
import { type Refused, refuse } from '../refuse.ts'
import { CALLBACK_PATH, type Issuer } from './issuer.ts'
import { issuerRefusal, NO_ROLE, STALE } from './issuer-errors.ts'
import type { JourneyCookie } from './journey-cookie.ts'
import { safePath } from './safe-path.ts'
import type { Sessions } from './sessions.ts'

export interface IssuerRoutesOptions {
  readonly pool: Pool
  readonly issuer: Issuer
  readonly sessions: Sessions
  readonly journeys: JourneyCookie
  readonly attempted: (outcome: 'signed in' | 'refused') => void
  readonly log: { warn(fields: object, message: string): void }
}

/** Signing in with an OpenID Connect issuer: the way there and the way back. */
export function issuerRoutes(options: IssuerRoutesOptions): Router {
  const { issuer, journeys } = options
  const routes = Router()
  routes.get('/sign-in/oidc', (request, response) =>
    explaining(request, response, options, async () => {
      const { url, journey } = await issuer.depart()
      journeys.set(request, response, { ...journey, next: safePath(request.query['next']) })
      response.set('Cache-Control', 'no-store').redirect(303, url.href)
    }),
  )
  routes.get(CALLBACK_PATH, (request, response) =>
    explaining(request, response, options, () => arrive(request, response, options)),
  )
  return routes
}

async function arrive(request: Request, response: Response, options: IssuerRoutesOptions): Promise<void> {
  const { pool, issuer, journeys, sessions, attempted } = options
  const journey = journeys.take(request, response)
  const query = new URL(request.originalUrl, 'http://here').searchParams
  if (journey === null || query.get('state') !== journey.state) return refuse(request, response, STALE)
  const { name, role } = await issuer.arrive(query, journey)
  if (role === null) {
    await recordAction(pool, { operator: name, action: 'sign-in', status: NO_ROLE.status })
    attempted('refused')
    return refuse(request, response, NO_ROLE)
  }
  await sessions.begin(request, response, { operatorId: null, name, role }, journey.next)
  attempted('signed in')
}

/** Says what is wrong with the issuer; other errors are thrown on. */
async function explaining(
  request: Request,
  response: Response,
  { log }: IssuerRoutesOptions,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const refused: Refused | null = issuerRefusal(error)
    if (refused === null) throw error
    log.warn({ err: error, status: refused.status }, 'signing in with the issuer failed')
    refuse(request, response, refused)
  }
}
