import { ROW_CODES, rowMessage } from '@muster/contracts'
import { readErrorGroups } from '@muster/database'
import { z } from 'zod'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { operationOf } from './operation-of.ts'

const ERRORS = z.object({
  errors: z.array(
    z
      .object({
        code: z.enum(ROW_CODES),
        column: z.string().nullable().describe("Null when the mistake is the whole row's."),
        rows: z.int().min(1).describe('How many rows have it.'),
        firstRows: z.array(z.int().min(1)).describe('The numbers of the first of them, at most ten.'),
        message: z.string().describe('What the first of them is told.'),
      })
      .meta({ id: 'ErrorGroup' }),
  ),
})

/** `GET /v1/operations/{id}/errors`: what is wrong with its rows, the most frequent first; while it runs, so far. */
export const getErrors: Endpoint = {
  summary: 'Read what is wrong with the rows',
  answers: {
    200: {
      description: 'By code and column; a row with several mistakes is in several groups.',
      content: { 'application/json': ERRORS },
    },
  },
  async handler(services, request) {
    const { number } = await operationOf(services, request)
    const groups = await readErrorGroups(services.pool, number)
    const errors = groups.map(({ params, ...group }) => ({ ...group, message: rowMessage({ ...group, params }) }))
    return json(200, { errors }, { 'Cache-Control': 'no-store' })
  },
}
