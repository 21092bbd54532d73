import { type Control, controlOperation, OperationBusy } from '@muster/database'
import { z } from 'zod'
import { Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import { type Answer, type ApiRequest, json } from '../../route.ts'
import { hasBody, parseBody } from '../request-body.ts'
import { OPERATION, operationJson } from './operation-json.ts'
import { noSuchOperation, operationIdOf } from './operation-of.ts'
import { stateConflict } from './state-conflict.ts'

const LONGEST_REASON = 500

const REASON = z
  .string('expected text')
  .trim()
  .min(1, 'expected at least one character')
  .max(LONGEST_REASON, `expected at most ${LONGEST_REASON} characters`)
  .regex(/^\P{Cc}*$/u, 'expected no control characters')
  .describe("Told as the operation's reason, and in its history.")

const BODY = z.strictObject({ reason: REASON.optional() }, 'expected an object')

/** What the three have in common. */
export const CONTROL = {
  body: { 'application/json': BODY },
  answers: { 200: { description: 'The operation as it is then.', content: { 'application/json': OPERATION } } },
} as const

/**
 * Carries the control out. Throws a Refusal: no such operation, it makes no sense in the
 * operation's state, or a worker does not let go of it.
 *
 * @param senseless a sentence that says why it makes no sense, and what to do
 */
export async function carryOut(
  control: Control,
  senseless: string,
  services: Services,
  request: ApiRequest,
): Promise<Answer> {
  const { reason = null } = hasBody(request) ? parseBody(BODY, await request.json()) : {}
  const { caller } = request
  const asked = { tenantId: caller.tenantId, id: operationIdOf(request), control, by: caller.subject, reason }
  const controlled = await controlOperation(services.pool, asked).catch((error: unknown) => {
    throw error instanceof OperationBusy ? busy() : error
  })
  if (controlled === null) throw noSuchOperation()
  if (!controlled.changed) throw stateConflict(controlled.operation, senseless)
  // It has a turn to get, or rows to be counted, or leaves its turns to the next of its tenant.
  void services.producer.nudge()
  return json(200, operationJson(services, controlled.operation))
}

function busy(): Refusal {
  return new Refusal('unavailable', 'A worker holds the operation and does not answer; try again in some seconds.', {
    headers: { 'Retry-After': '5' },
  })
}
