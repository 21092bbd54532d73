import { createHmac, randomBytes } from 'node:crypto'
import {
  deleteSession,
  forgetOldActions,
  insertSession,
  type OperatorSession,
  type Pool,
  recordAction,
  settleAction,
  useSession,
} from '@muster/database'
import type { Request, Response } from 'express'
import type { SignedIn } from '../signed-in.ts'
import type { SessionCookies } from './session-cookies.ts'

/** Who is signed in, by the cookie of a browser. All of them throw when PostgreSQL is away. */
export interface Sessions {
  /** Begins a session for somebody who has shown who they are, and sends the browser to that path. */
  begin(request: Request, response: Response, session: OperatorSession, next: string): Promise<void>
  /** Null when nobody is signed in, any more or at all. */
  find(request: Request, response: Response): Promise<SignedIn | null>
  end(request: Request, response: Response): Promise<void>
}

const TOKEN_BYTES = 32
const SEE_OTHER = 303

export function sessionsOf(pool: Pool, cookies: SessionCookies): Sessions {
  return {
    async begin(request, response, session, next) {
      // Recorded first: there is no sign-in that nobody knows of.
      const action = await recordAction(pool, { operator: session.name, action: 'sign-in' })
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      await insertSession(pool, token, session)
      await settleAction(pool, action, SEE_OTHER)
      await forgetOldActions(pool)
      cookies.set(request, response, token, csrfToken(token))
      response.redirect(SEE_OTHER, next)
    },
    async find(request, response) {
      const token = cookies.token(request)
      const session = token === null ? null : await useSession(pool, token)
      if (token === null || session === null) return null
      const csrf = csrfToken(token)
      cookies.keepCsrf(request, response, csrf)
      return { name: session.name, role: session.role, csrf }
    },
    async end(request, response) {
      const token = cookies.token(request)
      if (token !== null) await deleteSession(pool, token)
      cookies.clear(request, response)
    },
  }
}

/** A session's token against forgeries follows from the session's own, and says nothing about it. */
function csrfToken(token: string): string {
  return createHmac('sha256', token).update('csrf').digest('base64url')
}
