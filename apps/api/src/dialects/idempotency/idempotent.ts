import { randomUUID } from 'node:crypto'
import { type Reservation, releaseKey, rememberAnswer, rememberRequest, renewKey, reserveKey } from '@muster/database'
import { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import type { Endpoint } from '../endpoint.ts'
import { hasBody } from '../native/request-body.ts'
import type { Answer, ApiRequest, Dialect } from '../route.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { bodilessFingerprint, type OnFingerprint, observedRequest } from './observed-request.ts'

const HEADER = z
  .string()
  .optional()
  .describe(
    '1 to 255 printable ASCII characters, in quotes or bare. The same request with the same key has one effect.',
  )

/** Runs the endpoint's handler, with an ear to what the request asks for. */
type Run = (onFingerprint: OnFingerprint) => Promise<Answer>

const RENEW_MS = 10_000

/** Refusals that the same request need not get again: it is too early, or an operation has this key on record. */
const PASSING: readonly number[] = [422, 429]

/**
 * Makes an endpoint safe to repeat: requests with one `Idempotency-Key` and the same content have one effect and one
 * answer, which is given again, with `Idempotency-Replayed: true`, however late the repetition. A key is the caller's
 * own: of its tenant and its subject. Answers that tell of a failure here, or to come again later, are not kept.
 * The endpoint must read the request's body before it has any effect.
 * It throws a Refusal too when another request was sent with the key, or this one is being carried out.
 */
export function idempotent(endpoint: Endpoint, refuse: Dialect['refuse']): Endpoint {
  return {
    ...endpoint,
    headers: z.object({ ...endpoint.headers?.shape, 'idempotency-key': HEADER }),
    handler: (services, request) => once({ endpoint, refuse }, services, request),
  }
}

/** An endpoint with its dialect's way to tell a refusal. */
interface Repeatable {
  readonly endpoint: Endpoint
  readonly refuse: Dialect['refuse']
}

async function once({ endpoint, refuse }: Repeatable, services: Services, request: ApiRequest): Promise<Answer> {
  const key = readIdempotencyKey(request.header('idempotency-key'))
  if (key === null) return endpoint.handler(services, request)
  const { tenantId, subject } = request.caller
  const reservation = { tenantId, client: subject, key, holder: randomUUID() }
  const reserved = await reserveKey(services.pool, reservation)
  const run: Run = (onFingerprint) => observed(endpoint, services, request, onFingerprint)
  switch (reserved.kind) {
    case 'in-flight':
      throw inFlight()
    case 'answered':
      return replay(run, reserved.fingerprint, reserved.answer)
    case 'reserved':
      return carryOut({ run, refuse }, services, request, reservation, reserved.fingerprint)
  }
}

async function observed(
  { body, handler }: Endpoint,
  services: Services,
  request: ApiRequest,
  onFingerprint: OnFingerprint,
): Promise<Answer> {
  if (body !== undefined && hasBody(request)) return handler(services, observedRequest(request, onFingerprint))
  await onFingerprint(bodilessFingerprint(request))
  return handler(services, request)
}

/** Thrown out of a handler that has read the body, when the request was carried out before. */
class CarriedOut extends Error {}

/** Gives the answer again, once the request has proved to be the same; the handler does no more than to read it. */
async function replay(run: Run, earlier: string, answer: Answer): Promise<Answer> {
  try {
    await run(async (fingerprint) => {
      throw fingerprint === earlier ? new CarriedOut() : reused()
    })
  } catch (error) {
    if (!(error instanceof CarriedOut)) throw error
    return { ...answer, headers: { ...answer.headers, 'Idempotency-Replayed': 'true' } }
  }
  throw new Error('a handler came to its end without reading the body')
}

/** @param earlier the fingerprint of an attempt that came to no end; null when there is none */
async function carryOut(
  { run, refuse }: { readonly run: Run; readonly refuse: Dialect['refuse'] },
  services: Services,
  request: ApiRequest,
  reservation: Reservation,
  earlier: string | null,
): Promise<Answer> {
  const { pool } = services
  let known = false
  const remember: OnFingerprint = async (fingerprint) => {
    if (earlier !== null && earlier !== fingerprint) throw reused()
    if (!(await rememberRequest(pool, reservation, fingerprint))) throw inFlight()
    known = true
  }
  const renewal = setInterval(() => {
    // One that fails is made up for by the next; if none succeeds, an operation still has the key on record itself.
    renewKey(pool, reservation).catch(() => undefined)
  }, RENEW_MS)
  let answer: Answer | null = null
  try {
    answer = await run(remember)
    return answer
  } catch (error) {
    // By the refusal's own status: a dialect may have fewer.
    if (error instanceof Refusal && isLasting(error.status)) answer = refused(error, refuse(error, request))
    throw error
  } finally {
    clearInterval(renewal)
    await settle(services, request, reservation, known ? answer : null)
  }
}

function isLasting(status: number): boolean {
  return status < 500 && !PASSING.includes(status)
}

function refused(refusal: Refusal, answer: Answer): Answer {
  return { ...answer, headers: { ...refusal.headers, ...answer.headers } }
}

/** Keeps the answer where it may be given again, else gives the key back. What fails here is made up for by time. */
async function settle(
  { pool, log }: Services,
  request: ApiRequest,
  reservation: Reservation,
  answer: Answer | null,
): Promise<void> {
  try {
    const { status, headers, body } = answer ?? { status: 500, headers: {}, body: '' }
    if (isLasting(status) && typeof body === 'string')
      await rememberAnswer(pool, reservation, { status, headers, body })
    else await releaseKey(pool, reservation)
  } catch (error) {
    log.warn({ err: error, requestId: request.id }, 'the answer to a request with an idempotency key was not kept')
  }
}

function reused(): Refusal {
  return new Refusal(
    'unprocessable',
    'This Idempotency-Key was sent with another request; use a new key for each request, and the same only to repeat it.',
  )
}

function inFlight(): Refusal {
  return new Refusal('conflict', 'A request with this Idempotency-Key is being carried out; ask again in a second.', {
    headers: { 'Retry-After': '1' },
  })
}
