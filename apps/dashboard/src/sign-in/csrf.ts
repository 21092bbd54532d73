import { timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { refuse } from '../refuse.ts'
import { signedIn } from '../signed-in.ts'
import { isLooking } from './signed-in-only.ts'

/**
 * Lets a change pass only when it carries the session's token against forgeries: a script as the header
 * `X-XSRF-TOKEN`, a form as the field `_csrf`. The form must have been parsed.
 */
export const withoutForgeries: RequestHandler = (request, response, next) => {
  if (isLooking(request) || isSame(givenToken(request), signedIn(response).csrf)) return next()
  refuse(request, response, {
    status: 403,
    title: 'Not sent by this dashboard',
    sentence:
      'The request does not show that a page of this session sent it, so nothing was changed. Load the page again and try once more.',
  })
}

function givenToken(request: Request): string {
  const header = request.headers['x-xsrf-token']
  if (typeof header === 'string') return header
  const body: unknown = request.body
  const field = typeof body === 'object' && body !== null && '_csrf' in body ? body._csrf : ''
  return typeof field === 'string' ? field : ''
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
