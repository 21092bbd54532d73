import { randomUUID } from 'node:crypto'
import type { ApiMetrics, Logger } from '@muster/telemetry'
import type { Request, RequestHandler, Response } from 'express'

/** What is known of a request beside what its client sent. */
export interface RequestFacts {
  readonly id: string
  /** The pattern of the route; null while none has matched. */
  route: string | null
  /** The tenant's name; null while nobody is known to ask. */
  tenant: string | null
}

const facts = new WeakMap<Request, RequestFacts>()

/** Throws when the request has not passed `requestLog`. */
export function factsOf(req: Request): RequestFacts {
  const known = facts.get(req)
  if (known === undefined) throw new Error('requestLog must come before everything else')
  return known
}

/**
 * Gives each request an id, the client's own where it is sane, and tells of it, when it is over,
 * in one log line and in the metrics. Neither holds a path, a query or a name.
 */
export function requestLog(log: Logger, metrics: ApiMetrics): RequestHandler {
  return (req, res, next) => {
    const started = performance.now()
    const fact: RequestFacts = { id: sane(req.get('x-request-id')) ?? randomUUID(), route: null, tenant: null }
    facts.set(req, fact)
    res.set('X-Request-Id', fact.id)
    res.once('close', () => tell(log, metrics, req, res, fact, performance.now() - started))
    next()
  }
}

function sane(id: string | undefined): string | null {
  return id !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(id) ? id : null
}

function tell(log: Logger, metrics: ApiMetrics, req: Request, res: Response, fact: RequestFacts, ms: number): void {
  const aborted = !res.writableFinished
  const { method } = req
  const status = res.statusCode
  const fields = { requestId: fact.id, method, route: fact.route, status, ms: Math.round(ms), tenant: fact.tenant }
  log.info({ ...fields, ...(aborted ? { aborted } : {}) }, 'request')
  metrics.httpRequest({ method, route: fact.route, status, seconds: ms / 1000 })
}
