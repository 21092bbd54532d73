import type { RequestHandler } from 'express'
import { refuse } from '../refuse.ts'

/** Says that Redis is away, rather than letting the board wait for it. */
export function redisAway(isUp: () => Promise<boolean>): RequestHandler {
  return async (request, response, next) => {
    if (await isUp()) return next()
    refuse(request, response, {
      status: 503,
      title: 'Redis is away',
      sentence: 'Redis does not answer, so the queues cannot be shown. Operations are safe: they live in PostgreSQL.',
      retryAfter: 5,
      link: { href: '/operations', text: 'Go to the operations' },
    })
  }
}
