import type { Request, RequestHandler } from 'express'
import { refuse } from '../refuse.ts'
import { isLooking } from './signed-in-only.ts'

/**
 * Refuses what another site makes a browser send: before there is a session, the sign-in itself. A request with
 * neither header comes from a program, which sends nobody else's cookies.
 *
 * @param publicUrl the dashboard's address as browsers see it, null when that is not told
 */
export function sameOriginOnly(publicUrl: string | null): RequestHandler {
  return (request, response, next) => {
    if (isLooking(request) || comesFromHere(request, publicUrl)) return next()
    refuse(request, response, {
      status: 403,
      title: 'Sent by another site',
      sentence: 'Requests from other sites are refused. Open the dashboard itself.',
    })
  }
}

function comesFromHere(request: Request, publicUrl: string | null): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin, host } = request.headers
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const from = new URL(origin)
  return from.host === host || (publicUrl !== null && from.origin === new URL(publicUrl).origin)
}
