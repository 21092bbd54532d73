import type { Pool } from '@muster/database'
import { type Request, type Response, Router, urlencoded } from 'express'
import { checkPassword } from './check-password.ts'
import { safePath } from './safe-path.ts'
import type { Sessions } from './sessions.ts'
import type { SignInLimit } from './sign-in-limit.ts'
import { signInPage } from './sign-in-page.ts'

export interface SignInOptions {
  readonly pool: Pool
  readonly sessions: Sessions
  readonly limit: SignInLimit
  readonly hasIssuer: boolean
  /** Told of every attempt, without what was typed. */
  readonly attempted: (outcome: SignInOutcome) => void
}

export type SignInOutcome = 'signed in' | 'refused' | 'locked' | 'too many attempts'

/** The page `/sign-in`, for those who have a password of this dashboard. */
export function signInRoutes(options: SignInOptions): Router {
  const { sessions, hasIssuer } = options
  const routes = Router()
  routes.get('/sign-in', async (request, response) => {
    const next = safePath(request.query['next'])
    response.set('Cache-Control', 'no-store')
    if ((await sessions.find(request, response)) !== null) return response.redirect(303, next)
    response.send(signInPage({ next, hasIssuer }))
  })
  routes.post('/sign-in', urlencoded({ extended: false, limit: '8kb' }), (request, response) =>
    signIn(request, response, options),
  )
  return routes
}

async function signIn(request: Request, response: Response, options: SignInOptions): Promise<void> {
  const { pool, sessions, limit, hasIssuer, attempted } = options
  const { name, password, next } = fields(request.body)
  const again = (status: number, problem: string) =>
    response.status(status).set('Cache-Control', 'no-store').send(signInPage({ next, hasIssuer, problem }))
  const address = request.socket.remoteAddress ?? ''
  const wait = limit.attempt(address)
  if (wait !== null) {
    attempted('too many attempts')
    response.set('Retry-After', String(wait))
    again(429, `Too many attempts. Try again in ${minutes(wait)}.`)
    return
  }
  const checked = await checkPassword(pool, { name, password })
  if (checked.kind === 'locked') {
    attempted('locked')
    response.set('Retry-After', String(checked.seconds))
    again(
      429,
      `Too many wrong passwords for this name. Try again in ${minutes(checked.seconds)}, or ask for it to be unlocked.`,
    )
    return
  }
  if (checked.kind === 'wrong') {
    attempted('refused')
    again(401, 'Name or password is wrong. Check both and try again.')
    return
  }
  limit.succeeded(address)
  attempted('signed in')
  const { id: operatorId, name: operator, role } = checked.operator
  await sessions.begin(request, response, { operatorId, name: operator, role }, next)
}

function minutes(seconds: number): string {
  const count = Math.ceil(seconds / 60)
  return count === 1 ? 'a minute' : `${count} minutes`
}

function fields(body: unknown): { name: string; password: string; next: string } {
  const form = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}))
  const text = (field: string) => {
    const value: unknown = form.get(field)
    return typeof value === 'string' ? value : ''
  }
  return { name: text('name'), password: text('password'), next: safePath(text('next')) }
}
