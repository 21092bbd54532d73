import type { Request, Response } from 'express'
import { SESSION_SECONDS } from './session.ts'

const COOKIE = 'muster_operator'

/** The session that the request carries, empty when it has none. */
export function sessionOf(request: Request): string {
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
  return cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? ''
}

export function setSession(request: Request, response: Response, session: string): void {
  response.cookie(COOKIE, session, { ...attributes(request), maxAge: SESSION_SECONDS * 1_000 })
}

export function clearSession(request: Request, response: Response): void {
  response.clearCookie(COOKIE, attributes(request))
}

function attributes(request: Request) {
  // A proxy's word is taken unasked: who forges it only harms their own cookie.
  const secure = request.secure || request.headers['x-forwarded-proto'] === 'https'
  return { httpOnly: true, sameSite: 'strict', path: '/', secure } as const
}
