import { decodeEnrollmentId } from '@muster/contracts'
import { deleteRecords } from '@muster/database'
import { z } from 'zod'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { ENROLLMENT_RESPONSE, type EnrollmentResponse, failure, NO_RECORD } from './enrollment-response.ts'
import { IDS, readBody } from './request-body.ts'

/** `DELETE /v2/enrollments`: `{ ids }`. */
export const deleteEnrollments: Endpoint = {
  summary: 'Delete enrollments',
  details:
    'At most 1,000. Mobile flash passes of what is deleted become void. Each is told in the order asked; one that is named twice was there the first time.',
  body: { 'application/json': IDS },
  answers: {
    200: { description: 'What became of each.', content: { 'application/json': z.array(ENROLLMENT_RESPONSE) } },
  },
  async handler({ pool }, request) {
    const { ids } = await readBody(IDS, request)
    const decoded = ids.map(decodeEnrollmentId)
    const readable = decoded.flatMap((id) => id ?? [])
    const deleted = await deleteRecords(pool, request.caller.tenantId, readable)
    const isDeleted = new Map(readable.map((id, index) => [id, deleted[index]]))
    return json(
      200,
      ids.map((id, index): EnrollmentResponse => {
        const named = decoded[index] ?? null
        return named !== null && isDeleted.get(named) === true ? { id, status: 'Success' } : failure(id, NO_RECORD)
      }),
    )
  },
}
