import type { Request, RequestHandler } from 'express'

/**
 * Refuses what another site makes a browser send. `SameSite=Strict` keeps the cookie from those
 * already; this holds for old browsers and for the sign-in itself. A request with neither header
 * comes from a program, which sends nobody else's cookies.
 */
export const sameOriginOnly: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD' || comesFromHere(request)) return next()
  response.status(403).json({ error: 'Requests from other sites are refused; open the dashboard itself.' })
}

function comesFromHere(request: Request): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin, host } = request.headers
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === host
}
