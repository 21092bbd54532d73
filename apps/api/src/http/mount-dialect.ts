import { type RequestHandler, Router } from 'express'
import { forbidden } from '../auth/forbidden.ts'
import type { Answer, Dialect, Route } from '../dialects/route.ts'
import { Refusal } from '../refusal.ts'
import { Exchange } from './exchange.ts'
import type { HttpContext } from './http-context.ts'
import { refusing } from './refusing.ts'
import { factsOf } from './request-log.ts'
import { sendAnswer } from './send-answer.ts'

/** A dialect's routes as a router. What is not there, and what goes wrong, is told in the dialect's words. */
export function mountDialect(dialect: Dialect, context: HttpContext): Router {
  const router = Router({ caseSensitive: true })
  for (const [path, routes] of byPath(dialect.routes)) {
    for (const route of routes) router[route.method](path, serve(dialect, route, context))
    router.all(path, wrongMethod(dialect.basePath + path, routes))
  }
  router.use(notFound)
  router.use(refusing(dialect.refuse, context.log))
  return router
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const paths = new Map<string, Route[]>()
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route])
  return paths
}

function serve(dialect: Dialect, route: Route, context: HttpContext): RequestHandler {
  return async (req, res) => {
    const facts = factsOf(req)
    facts.route = dialect.basePath + route.path
    const exchange = new Exchange(req, res, { id: facts.id, ...context })
    const handle = async (): Promise<Answer> => {
      if (route.permission === null) return route.handler(exchange)
      const caller = await context.authenticate(exchange.header('authorization'), dialect)
      facts.tenant = caller.tenant
      res.set(await context.countRequest(caller.tenantId))
      if (!dialect.permits(caller.scopes, route.permission)) throw forbidden(route.permission)
      exchange.beforeUpload(() => context.demandRoomInQueue(caller.tenantId))
      return route.handler(Object.assign(exchange, { caller }))
    }
    await sendAnswer(req, res, await exchange.carryOut(handle))
  }
}

function wrongMethod(route: string, routes: readonly Route[]): RequestHandler {
  const allowed = routes
    .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
    .join(', ')
  return (req) => {
    factsOf(req).route = route
    throw new Refusal('method-not-allowed', `This path takes ${allowed}.`, { headers: { Allow: allowed } })
  }
}

const notFound: RequestHandler = () => {
  throw new Refusal('not-found', 'There is nothing at this path; compare it with the documentation.')
}
