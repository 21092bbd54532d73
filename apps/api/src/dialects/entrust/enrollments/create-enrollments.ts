import { encodeEnrollmentId } from '@muster/contracts'
import { createRecords, type RecordCreation, type StoredDesign } from '@muster/database'
import { z } from 'zod'
import { checkNewFields } from '../../../enrollments/check-fields.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { designOf } from './design-of.ts'
import { ENROLLMENT_RESPONSE, type EnrollmentResponse, failure, taken } from './enrollment-response.ts'
import { LIMITS, NEW_RECORDS, readBody } from './request-body.ts'

/** `POST /v2/enrollments/{enrollmentDesignName}`: `[{ fields: [{ name, value }] }]`. */
export const createEnrollments: Endpoint = {
  summary: 'Create enrollments of a design',
  details: `The path has the design's name. Each record is made or fails by itself, and is told in the order asked. ${LIMITS}`,
  body: { 'application/json': NEW_RECORDS },
  answers: {
    200: { description: 'What became of each.', content: { 'application/json': z.array(ENROLLMENT_RESPONSE) } },
  },
  async handler(services, request) {
    const records = await readBody(NEW_RECORDS, request)
    const design = await designOf(services, request, 'idOrDesignName')
    const checked = records.map(({ fields }) => checkNewFields(design.fields, fields))
    const good = checked.filter(({ mistakes }) => mistakes.length === 0)
    const values = good.map((each) => each.values)
    const outcomes = await createRecords(services.pool, request.caller.tenantId, design, values)
    const outcomeOf = new Map(good.map((each, index) => [each, outcomes[index]]))
    return json(
      200,
      checked.map((each) => {
        const outcome = outcomeOf.get(each)
        return outcome === undefined ? failure(null, each.mistakes.join(' ')) : created(design, outcome)
      }),
      { 'Cache-Control': 'no-store' },
    )
  },
}

function created({ workflowId }: StoredDesign, outcome: RecordCreation): EnrollmentResponse {
  if (outcome.kind === 'taken') return failure(null, taken(outcome.fields))
  return { id: encodeEnrollmentId({ workflowId, key: outcome.recordId }), status: 'Success' }
}
