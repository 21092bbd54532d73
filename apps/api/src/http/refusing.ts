import { isOutage } from '@muster/database'
import { FileStoreFailure } from '@muster/engine'
import type { Logger } from '@muster/telemetry'
import type { ErrorRequestHandler } from 'express'
import type { Dialect } from '../dialects/route.ts'
import { Refusal } from '../refusal.ts'
import { UploadAborted } from '../upload/received.ts'
import { factsOf } from './request-log.ts'
import { sendAnswer } from './send-answer.ts'

/** Answers what a request's handling threw, in a dialect's words. What is no refusal goes to the log. */
export function refusing(refuse: Dialect['refuse'], log: Logger): ErrorRequestHandler {
  return async (error: unknown, req, res, _next) => {
    const facts = factsOf(req)
    if (isClientGone(error)) {
      res.destroy()
      return
    }
    const refusal = asRefusal(error)
    if (refusal !== error) log.error({ err: error, requestId: facts.id, route: facts.route }, 'a request failed')
    if (res.headersSent) {
      // Half an answer is out; cut, so that the client cannot take it for the whole.
      res.destroy()
      return
    }
    const answer = refuse(refusal, { id: facts.id, path: req.originalUrl.replace(/\?.*/s, '') })
    await sendAnswer(req, res, { ...answer, headers: { ...refusal.headers, ...answer.headers } })
  }
}

function isClientGone(error: unknown): boolean {
  if (error instanceof UploadAborted) return true
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  // The router's, for a path with a broken percent-encoding.
  if (error instanceof URIError) return new Refusal('malformed-request', 'The path is not well percent-encoded.')
  // It may carry a code of the network's, as an outage of the database does.
  if (error instanceof FileStoreFailure) return error.isAway ? away('The file store') : broken()
  return isOutage(error) ? away('The database') : broken()
}

function away(what: string): Refusal {
  const sentence = `${what} cannot be reached; try again in some seconds.`
  return new Refusal('unavailable', sentence, { headers: { 'Retry-After': '5' } })
}

function broken(): Refusal {
  return new Refusal('internal', 'Something went wrong here; tell the operator the request id.')
}
