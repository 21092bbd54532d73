import { htmlEscape } from 'escape-goat'
import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express'
import { isOperator, type Operator } from './operator.ts'
import { page } from './page.ts'
import type { Sessions } from './session.ts'
import { clearSession, sessionOf, setSession } from './session-cookie.ts'
import type { SignInLimit } from './sign-in-limit.ts'

export interface SignInOptions {
  readonly operator: Operator
  readonly sessions: Sessions
  readonly limit: SignInLimit
  /** Told of every attempt, without what was typed. */
  readonly attempted: (outcome: 'signed in' | 'refused' | 'too many attempts') => void
}

/** The pages `/sign-in` and `/sign-out`. */
export function signInRoutes(options: SignInOptions): Router {
  const { sessions } = options
  const routes = Router()
  routes.get('/sign-in', (request, response) => {
    const next = safePath(request.query['next'])
    if (sessions.isValid(sessionOf(request))) return response.redirect(303, next)
    response.send(signInPage(next))
  })
  routes.post('/sign-in', urlencoded({ extended: false, limit: '8kb' }), (request, response) => {
    signIn(request, response, options)
  })
  routes.get('/sign-out', (_request, response) => {
    response.send(page('Sign out', '<form method="post" action="/sign-out"><button>Sign out</button></form>'))
  })
  routes.post('/sign-out', (request, response) => {
    clearSession(request, response)
    response.redirect(303, '/sign-in')
  })
  return routes
}

function signIn(request: Request, response: Response, { operator, sessions, limit, attempted }: SignInOptions): void {
  const { name, password, next } = fields(request.body)
  const address = request.socket.remoteAddress ?? ''
  const wait = limit.attempt(address)
  if (wait !== null) {
    attempted('too many attempts')
    response.set('Retry-After', String(wait)).status(429)
    response.send(signInPage(next, `Too many attempts. Try again in ${Math.ceil(wait / 60)} minutes.`))
    return
  }
  if (!isOperator(operator, name, password)) {
    attempted('refused')
    response.status(401).send(signInPage(next, 'Name or password is wrong. Check both and try again.'))
    return
  }
  limit.succeeded(address)
  attempted('signed in')
  setSession(request, response, sessions.issue())
  response.redirect(303, next)
}

/** Lets only signed-in operators pass: others are sent to the sign-in page, and programs get 401. */
export function signedInOnly(sessions: Sessions): RequestHandler {
  return (request, response, next) => {
    if (sessions.isValid(sessionOf(request))) return next()
    const wantsPage = request.method === 'GET' && !/^\/api(\/|$)/i.test(request.path)
    if (wantsPage) return response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`)
    response.status(401).json({ error: 'Sign in first, at /sign-in.' })
  }
}

function fields(body: unknown): { name: string; password: string; next: string } {
  const form = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}))
  const text = (field: string) => {
    const value: unknown = form.get(field)
    return typeof value === 'string' ? value : ''
  }
  return { name: text('name'), password: text('password'), next: safePath(text('next')) }
}

/** A path on this site, `/` for anything else: a sign-in must not lead elsewhere. */
function safePath(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('/')) return '/'
  const url = URL.canParse(value, 'http://here') ? new URL(value, 'http://here') : null
  return url?.host === 'here' ? `${url.pathname}${url.search}` : '/'
}

function signInPage(next: string, problem?: string): string {
  const alert = problem === undefined ? '' : `<p role="alert" id="problem">${htmlEscape(problem)}</p>`
  const described = problem === undefined ? '' : ' aria-describedby="problem"'
  return page(
    'Sign in',
    `${alert}
<form method="post" action="/sign-in">
<input type="hidden" name="next" value="${htmlEscape(next)}">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" required autofocus${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${described}>
<button>Sign in</button>
</form>`,
  )
}
