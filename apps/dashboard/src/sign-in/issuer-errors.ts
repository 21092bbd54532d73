import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import type { Refused } from '../refuse.ts'

const START_AGAIN = { href: '/sign-in', text: 'Back to signing in' }

/** The sign-in has no beginning that we know of, or is over. */
export const STALE: Refused = {
  status: 400,
  title: 'Start again',
  sentence:
    'This sign-in was begun in another browser, took longer than ten minutes, or was used already. Start it again.',
  link: START_AGAIN,
}

const AWAY: Refused = {
  status: 503,
  title: 'The issuer is away',
  sentence:
    'Your organisation’s sign-in does not answer. Try again in a moment, or sign in with a name and password of this dashboard.',
  retryAfter: 10,
  link: START_AGAIN,
}

const MISCONFIGURED: Refused = {
  status: 502,
  title: 'The issuer and this dashboard do not agree',
  sentence:
    'Your organisation’s sign-in answered with something that cannot be trusted or is not as it was set up. Whoever runs Muster finds the reason in the log of the dashboard: client id, secret and redirect address are what to look at.',
  link: START_AGAIN,
}

/** What the browser's owner may not come in for. */
export const NO_ROLE: Refused = {
  status: 403,
  title: 'You may not come in',
  sentence:
    'Your organisation knows you, but has given you no role here. Ask whoever runs Muster to make you a viewer or an operator, then sign in again.',
  link: START_AGAIN,
}

// What openid-client says of an answer that is no issuer's at all, such as a gateway's error page.
const NO_ANSWER: readonly unknown[] = [
  'OAUTH_TIMEOUT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]

/** What to tell of an error of openid-client; null for any other error. */
export function issuerRefusal(error: unknown): Refused | null {
  if (error instanceof AuthorizationResponseError) return notLetIn(error.error)
  if (error instanceof ResponseBodyError) {
    if (error.error === 'invalid_grant') return STALE
    return error.status >= 500 ? AWAY : MISCONFIGURED
  }
  // Such as a wrong client secret.
  if (error instanceof WWWAuthenticateChallengeError) return MISCONFIGURED
  if (error instanceof TypeError && error.message === 'fetch failed') return AWAY
  if (error instanceof ClientError) return NO_ANSWER.includes(error.code) ? AWAY : MISCONFIGURED
  return null
}

function notLetIn(code: string): Refused {
  if (code === 'temporarily_unavailable' || code === 'server_error') return AWAY
  if (code === 'access_denied') {
    return {
      status: 403,
      title: 'You were not let in',
      sentence:
        'Your organisation’s sign-in did not let you in, or you stopped it. Start again if that was by mistake.',
      link: START_AGAIN,
    }
  }
  return MISCONFIGURED
}
