import type { WatchedQueues } from '@muster/queue'
import { type Express, type RequestHandler, Router } from 'express'
import { refuse } from '../refuse.ts'
import { signedIn } from '../signed-in.ts'
import { createBoard } from './board.ts'
import { redisAway } from './redis-away.ts'

/** Bull Board for who is signed in, to be mounted at `BOARD_PATH`: one for viewers and one for operators. */
export function queuesPages(queues: WatchedQueues): Router {
  const boards: Readonly<Record<'viewer' | 'operator', Express>> = {
    viewer: createBoard(queues, 'viewer'),
    operator: createBoard(queues, 'operator'),
  }
  const routes = Router()
  routes.use('/api/redis', operatorsOnly)
  routes.use(redisAway(() => queues.isUp()))
  routes.use(nothingFromElsewhere)
  routes.use((request, response, next) => void boards[signedIn(response).role](request, response, next))
  return routes
}

/** What Redis tells about itself and its machine concerns no viewer; Bull Board's own guards do not cover it. */
const operatorsOnly: RequestHandler = (request, response, next) => {
  if (signedIn(response).role === 'operator') return next()
  refuse(request, response, {
    status: 403,
    title: 'For operators',
    sentence: 'Only operators see what Redis tells about itself. Ask one of them.',
  })
}

const FOREIGN_LINK = /<link\b[^>]*\bhref="https?:[^>]*>/g

/** Bull Board's page asks for fonts of another site, which our content security policy refuses with an error in the console. */
const nothingFromElsewhere: RequestHandler = (request, response, next) => {
  if (!/^\/(api|static)\//i.test(request.path)) {
    const send = response.send.bind(response)
    response.send = (body: unknown) => send(typeof body === 'string' ? body.replace(FOREIGN_LINK, '') : body)
  }
  next()
}
