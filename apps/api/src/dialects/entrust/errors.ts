import { z } from 'zod'
import type { Refusal, RefusalKind } from '../../refusal.ts'
import { type Answer, json } from '../route.ts'

interface Told {
  /** Of 400, 401, 403, 404, 409 and 500, which are declared; of 405 and 429 where no declared one fits. */
  readonly status: number
  /** A fixed word in lower case. */
  readonly code: string
}

/** How the dialect tells each reason to refuse. */
export const TOLD: Readonly<Record<RefusalKind, Told>> = {
  'malformed-request': { status: 400, code: 'malformed_request' },
  'invalid-parameter': { status: 400, code: 'invalid_parameter' },
  'header-refused': { status: 400, code: 'invalid_parameter' },
  'archive-refused': { status: 400, code: 'invalid_parameter' },
  'content-too-large': { status: 400, code: 'request_too_large' },
  'unsupported-media-type': { status: 400, code: 'unsupported_media_type' },
  unauthenticated: { status: 401, code: 'unauthenticated' },
  forbidden: { status: 403, code: 'forbidden' },
  'not-found': { status: 404, code: 'not_found' },
  gone: { status: 404, code: 'not_found' },
  'method-not-allowed': { status: 405, code: 'method_not_allowed' },
  conflict: { status: 409, code: 'conflict' },
  unprocessable: { status: 409, code: 'unprocessable' },
  'too-many-requests': { status: 429, code: 'too_many_requests' },
  internal: { status: 500, code: 'internal_error' },
  unavailable: { status: 500, code: 'unavailable' },
  'insufficient-storage': { status: 500, code: 'insufficient_storage' },
}

/** Of every resource but the sign-in. */
export const ENTRUST_ERROR = z
  .object({
    code: z.string().describe('A fixed word.'),
    message: z.string().describe('A sentence that says what to do next.'),
    target: z.string().optional().describe('What of the request is meant.'),
  })
  .meta({ id: 'EntrustError' })

/** A refusal in the dialect's words; its member `target` is told as such. */
export function entrustRefusal(refusal: Refusal): Answer {
  const { status, code } = TOLD[refusal.kind]
  const { target } = refusal.members
  return json(status, { code, message: refusal.message, ...(typeof target === 'string' ? { target } : {}) })
}
