import type { Request, RequestHandler } from 'express'
import { isForPrograms, refuse } from '../refuse.ts'
import { keepSignedIn } from '../signed-in.ts'
import type { Sessions } from './sessions.ts'

/** Lets only those pass who have signed in: others are sent to the sign-in page, and programs get 401. */
export function signedInOnly(sessions: Sessions): RequestHandler {
  return async (request, response, next) => {
    // What is shown to one is not for the next who sits at the same browser.
    if (!/^\/queues\/static\//i.test(request.path)) response.set('Cache-Control', 'no-store')
    const who = await sessions.find(request, response)
    if (who !== null) {
      keepSignedIn(response, who)
      return next()
    }
    if (isSignOut(request)) return response.redirect(303, '/sign-in')
    if (isLooking(request) && !isForPrograms(request)) return response.redirect(303, signInPath(request))
    refuse(request, response, {
      status: 401,
      title: 'Sign in first',
      sentence: 'Nobody is signed in here, or the session has ended: nothing was changed. Sign in and try again.',
      link: { href: '/sign-in', text: 'Sign in' },
    })
  }
}

/** True for a request that changes nothing. */
export function isLooking({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD'
}

function isSignOut({ method, path }: Request): boolean {
  return method === 'POST' && path === '/sign-out'
}

function signInPath({ originalUrl }: Request): string {
  return originalUrl === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(originalUrl)}`
}
