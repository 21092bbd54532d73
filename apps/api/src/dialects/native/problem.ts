import { OPERATION_STATES } from '@muster/contracts'
import { z } from 'zod'
import type { Refusal } from '../../refusal.ts'
import type { Answer } from '../route.ts'

const CAUSE = z.object({
  title: z.string().describe('A fixed word in capitals, like `MISSING_COLUMNS`.'),
  detail: z.string().describe('A sentence that says what to do.'),
})

/** Problem details: RFC 9457, whose §3.2 lets a type of problem have members of its own. */
export const PROBLEM = z
  .object({
    type: z.string().describe('`urn:muster:problem:` and a fixed word.'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('A sentence that says what to do next.'),
    instance: z.string().describe('The path that was asked for.'),
    requestId: z.string().describe('Also in the header `X-Request-Id`, and in the log.'),
    causes: z.array(CAUSE).optional().describe('Everything that is wrong, where there is more to tell.'),
    state: z.enum(OPERATION_STATES).optional().describe('The state of an operation in which it makes no sense.'),
    paused: z.boolean().optional().describe('Whether that operation is paused.'),
  })
  .loose()
  .meta({ id: 'Problem' })

/** A refusal as problem details: RFC 9457. `type` is a URN, as the page that explains it is not at a fixed address. */
export function problem(refusal: Refusal, request: { id: string; path: string }): Answer {
  const body = {
    ...refusal.members,
    type: `urn:muster:problem:${refusal.kind}`,
    title: refusal.title,
    status: refusal.status,
    detail: refusal.message,
    instance: request.path,
    requestId: request.id,
    ...(refusal.causes.length === 0 ? {} : { causes: refusal.causes }),
  }
  return {
    status: refusal.status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}
