import { SESSION_SECONDS } from '@muster/database'
import type { CookieOptions, Request, Response } from 'express'

/** Whether browsers reach this dashboard by TLS, so that its cookies may be for TLS alone. */
export type IsSecure = (request: Request) => boolean

/**
 * A proxy's word is taken unasked: who forges it only harms their own cookies.
 *
 * @param publicUrl the dashboard's address as browsers see it, null when that is not told
 */
export function secureRequests(publicUrl: string | null): IsSecure {
  const always = publicUrl?.startsWith('https:') ?? false
  return (request) => always || request.secure || forwardedProtocol(request) === 'https'
}

function forwardedProtocol(request: Request): string | undefined {
  const header = request.headers['x-forwarded-proto']
  return (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim()
}

const SESSION = 'muster_operator'
/** Named as axios, which Bull Board's pages use, expects it: it sends it back as `X-XSRF-TOKEN`. */
const CSRF = 'XSRF-TOKEN'

export interface SessionCookies {
  /** The session's token that the request carries; null when it has none or one that cannot be ours. */
  token(request: Request): string | null
  set(request: Request, response: Response, token: string, csrf: string): void
  /** Gives the browser the token against forgeries again, when it has lost it or has that of another session. */
  keepCsrf(request: Request, response: Response, csrf: string): void
  clear(request: Request, response: Response): void
}

/** Cookies of this host alone (`__Host-`, RFC 6265bis) wherever TLS lets them be. */
export function sessionCookies(isSecure: IsSecure): SessionCookies {
  const session = (request: Request) => hostCookie(SESSION, isSecure(request))
  const csrfOptions = (request: Request): CookieOptions => ({
    sameSite: 'strict',
    path: '/',
    secure: isSecure(request),
    httpOnly: false,
  })
  const setCsrf = (request: Request, response: Response, csrf: string) =>
    response.cookie(CSRF, csrf, { ...csrfOptions(request), maxAge: SESSION_SECONDS * 1_000 })
  return {
    token(request) {
      const token = cookieOf(request, session(request).name)
      return token !== null && /^[\w-]{43}$/.test(token) ? token : null
    },
    set(request, response, token, csrf) {
      const { name, options } = session(request)
      response.cookie(name, token, { ...options, maxAge: SESSION_SECONDS * 1_000 })
      setCsrf(request, response, csrf)
    },
    keepCsrf(request, response, csrf) {
      if (cookieOf(request, CSRF) !== csrf) setCsrf(request, response, csrf)
    },
    clear(request, response) {
      const { name, options } = session(request)
      response.clearCookie(name, options)
      response.clearCookie(CSRF, csrfOptions(request))
    },
  }
}

/**
 * A cookie that scripts do not get, and other sites send with links alone. With TLS its name begins with `__Host-`,
 * so that no neighbouring host can plant it.
 */
export function hostCookie(name: string, secure: boolean): { name: string; options: CookieOptions } {
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const
  return { name: secure ? `__Host-${name}` : name, options }
}

/** Null when the request has no such cookie. */
export function cookieOf(request: Request, name: string): string | null {
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
}
