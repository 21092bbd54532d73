import { decodeEnrollmentId } from '@muster/contracts'
import { findDesignsByWorkflow, type RecordUpdate, type StoredDesign, updateRecords } from '@muster/database'
import { z } from 'zod'
import { checkChangedFields } from '../../../enrollments/check-fields.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { ENROLLMENT_RESPONSE, type EnrollmentResponse, failure, NO_RECORD, taken } from './enrollment-response.ts'
import { CHANGED_RECORDS, LIMITS, readBody } from './request-body.ts'

type Asked = z.infer<typeof CHANGED_RECORDS>[number]

/** `PUT /v2/enrollments`: `[{ id, fields: [{ name, value }] }]`. */
export const updateEnrollments: Endpoint = {
  summary: 'Change fields of enrollments',
  details: `Fields that are not given stay as they are; an empty value empties a field that is not required. Each record is changed or fails by itself, and is told in the order asked. ${LIMITS}`,
  body: { 'application/json': CHANGED_RECORDS },
  answers: {
    200: { description: 'What became of each.', content: { 'application/json': z.array(ENROLLMENT_RESPONSE) } },
  },
  async handler({ pool }, request) {
    const { tenantId } = request.caller
    const asked = (await readBody(CHANGED_RECORDS, request)).map((each) => ({ each, id: decodeEnrollmentId(each.id) }))
    const workflowIds = new Set(asked.flatMap(({ id }) => (id === null ? [] : [id.workflowId])))
    const designs = await findDesignsByWorkflow(pool, tenantId, [...workflowIds])
    const plans = asked.map(({ each, id }) => plan(each, id?.key ?? '', designs.get(id?.workflowId ?? '')))
    const known = plans.flatMap(({ change }) => change ?? [])
    const outcomes = await updateRecords(pool, tenantId, known)
    const outcomeOf = new Map(known.map((change, index) => [change, outcomes[index]]))
    return json(
      200,
      plans.map((each) => told(each, each.change === null ? undefined : outcomeOf.get(each.change))),
      { 'Cache-Control': 'no-store' },
    )
  },
}

function plan({ id, fields }: Asked, key: string, design: StoredDesign | undefined) {
  if (design === undefined) return { id, mistakes: [], change: null }
  const { values, mistakes } = checkChangedFields(design.fields, fields)
  // One that has mistakes is still looked for: that there is no such record is said rather than what is wrong with it.
  return { id, mistakes, change: { design, key, fields: mistakes.length === 0 ? values : null } }
}

function told(
  { id, mistakes }: { readonly id: string; readonly mistakes: readonly string[] },
  outcome: RecordUpdate | undefined,
): EnrollmentResponse {
  if (outcome === undefined || outcome.kind === 'unknown') return failure(id, NO_RECORD)
  if (outcome.kind === 'taken') return failure(id, taken(outcome.fields))
  return mistakes.length === 0 ? { id, status: 'Success' } : failure(id, mistakes.join(' '))
}
