import type { RequestHandler } from 'express'
import { page } from './page.ts'

/** Says that Redis is away, rather than letting the board wait for it. */
export function redisAway(isUp: () => Promise<boolean>): RequestHandler {
  return async (request, response, next) => {
    if (await isUp()) return next()
    const sentence =
      'Redis does not answer, so the queues cannot be shown. Operations are safe: they live in PostgreSQL.'
    response.status(503).set('Retry-After', '5')
    if (/^\/api(\/|$)/i.test(request.path)) response.json({ error: sentence })
    else response.send(page('Redis is away', `<p role="alert">${sentence}</p><p><a href="">Try again</a></p>`))
  }
}
