import { OPERATION_STATES } from '@muster/contracts'
import { operationHistory } from '@muster/database'
import { z } from 'zod'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { readQuery } from '../read-query.ts'
import { operationOf } from './operation-of.ts'

const LONGEST_PAGE = 1_000

const QUERY = z.object({
  after: z
    .string()
    .regex(/^\d{1,18}$/, 'expected the id of a change')
    .optional()
    .describe('Changes that come after the one of this id.'),
  limit: z.coerce
    .number('expected a number')
    .int('expected a whole number')
    .min(1, 'expected at least 1')
    .max(LONGEST_PAGE, `expected at most ${LONGEST_PAGE}`)
    .default(LONGEST_PAGE)
    .describe('Changes at most.'),
})

const CHANGE = z
  .object({
    id: z.string().describe('Decimal digits; grows with every change of any operation.'),
    at: z.iso.datetime(),
    by: z.string().describe("A token's subject, or a word for Muster's own, like `worker`."),
    from: z.enum(OPERATION_STATES).nullable().describe('Null for its creation.'),
    to: z.enum(OPERATION_STATES),
    paused: z.boolean().describe('After the change.'),
    reason: z.string(),
  })
  .meta({ id: 'OperationChange' })

const HISTORY = z.object({ history: z.array(CHANGE), next: z.string().nullable() })

/** `GET /v1/operations/{id}/history?after=&limit=`: every change of its state or pause, the first one first. */
export const getHistory: Endpoint = {
  summary: 'Read what happened to an operation',
  query: QUERY,
  answers: { 200: { description: 'Its changes, in order.', content: { 'application/json': HISTORY } } },
  async handler(services, request) {
    const { after = null, limit } = readQuery(QUERY, request.query)
    const { id, number } = await operationOf(services, request)
    const changes = await operationHistory(services.pool, number, { after, limit: limit + 1 })
    const page = changes.slice(0, limit)
    const last = changes.length > limit ? page.at(-1) : undefined
    const history = page.map((change) => ({ ...change, at: change.at.toISOString() }))
    const query = new URLSearchParams({ after: last?.id ?? '', limit: String(limit) })
    return json(200, { history, next: last === undefined ? null : `/v1/operations/${id}/history?${query}` })
  },
}
