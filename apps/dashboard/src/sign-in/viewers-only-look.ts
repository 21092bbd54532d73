import type { RequestHandler } from 'express'
import { refuse } from '../refuse.ts'
import { signedIn } from '../signed-in.ts'
import { isLooking } from './signed-in-only.ts'

/** Refuses every change by a viewer, but for signing out. */
export const viewersOnlyLook: RequestHandler = (request, response, next) => {
  const maySend = signedIn(response).role === 'operator' || isLooking(request) || request.path === '/sign-out'
  if (maySend) return next()
  response.set('Allow', 'GET, HEAD')
  refuse(request, response, {
    status: 405,
    title: 'Viewers only look',
    sentence: 'You are signed in as a viewer, who may look at everything and change nothing. Ask an operator to do it.',
  })
}
