import { type Pool, recordAction, settleAction } from '@muster/database'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { isLooking } from '../sign-in/signed-in-only.ts'
import { signedIn } from '../signed-in.ts'
import { CHANGES } from './changes.ts'

interface Log {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

/**
 * Records every change that somebody asks for before it is tried, and afterwards how it was answered: also what is
 * refused. When it cannot be recorded, an error is passed on and nothing is done.
 */
export function audit(pool: Pool, log: Log): Router {
  const routes = Router()
  const told =
    (action: string): RequestHandler =>
    async (request, response, next) => {
      await record(request, response, action)
      next('router')
    }
  const record = async (request: Request, response: Response, action: string): Promise<void> => {
    const { queue, job, scheduler, operation } = parametersOf(request)
    const jobId = job ?? scheduler ?? null
    const operationId = [operation, job].find((id) => id !== undefined && UUID.test(id)) ?? null
    const { name: operator } = signedIn(response)
    const id = await recordAction(pool, { operator, action, queue: queue ?? null, jobId, operationId })
    response.once('finish', () => {
      const status = response.statusCode
      log.info({ action, status }, 'operator action')
      settleAction(pool, id, status).catch((error: unknown) =>
        log.error({ err: error, action, status }, 'how an action ended could not be recorded'),
      )
    })
  }
  for (const { method, path, action } of CHANGES) routes[method](path, told(action))
  routes.use((request, response, next) => (isLooking(request) ? next() : told('other')(request, response, next)))
  return routes
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
const MOST_CHARACTERS = 200

type Parameter = 'queue' | 'job' | 'scheduler' | 'operation'

/** Parts of the address, as somebody wrote them: bounded, and without what PostgreSQL does not take. */
function parametersOf({ params }: Request): Partial<Record<Parameter, string>> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      String(value)
        .replace(/\p{Cc}/gu, '')
        .slice(0, MOST_CHARACTERS),
    ]),
  )
}
