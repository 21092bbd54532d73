import { decodeEnrollmentId } from '@muster/contracts'
import { findDesignsByWorkflow, readRecord } from '@muster/database'
import { Refusal } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { ENROLLMENT_RESPONSE, NO_RECORD, recordResponse } from './enrollment-response.ts'

/** `GET /v2/enrollments/{id}`. */
export const getEnrollment: Endpoint = {
  summary: 'Read an enrollment',
  details: "The path has the enrollment's id.",
  answers: { 200: { description: 'The enrollment.', content: { 'application/json': ENROLLMENT_RESPONSE } } },
  async handler({ pool }, { params, caller }) {
    const id = decodeEnrollmentId(params['idOrDesignName'] ?? '')
    const designs = id === null ? null : await findDesignsByWorkflow(pool, caller.tenantId, [id.workflowId])
    const design = designs?.get(id?.workflowId ?? '') ?? null
    const record = id === null || design === null ? null : await readRecord(pool, caller.tenantId, design, id.key)
    if (design === null || record === null) {
      throw new Refusal('not-found', `${NO_RECORD}.`, { members: { target: 'id' } })
    }
    return json(200, recordResponse(design, record), { 'Cache-Control': 'no-store' })
  },
}
