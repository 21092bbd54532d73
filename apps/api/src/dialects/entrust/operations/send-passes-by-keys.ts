import { encodeEnrollmentId } from '@muster/contracts'
import { findDesign } from '@muster/database'
import { z } from 'zod'
import { Refusal } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import { CREATION, createBulkOperation } from './create-bulk-operation.ts'
import { IDS, readBody } from './read-body.ts'

const BODY = z.object({ enrollmentDesignName: z.string('expected text'), primaryKeys: IDS }, 'expected an object')

/** `POST /v1/mobileFlashPass`, which the vendor calls deprecated. */
export const sendPassesByKeys: Endpoint = {
  ...CREATION,
  summary: "Send mobile flash passes by keys of a design's enrollments; deprecated",
  body: { 'application/json': BODY },
  async handler(services, request) {
    const { enrollmentDesignName, primaryKeys } = await readBody(BODY, request)
    const design = await findDesign(services.pool, request.caller.tenantId, enrollmentDesignName)
    if (design === null) {
      throw new Refusal('not-found', 'There is no enrollment design of this name.', {
        members: { target: 'enrollmentDesignName' },
      })
    }
    const ids = primaryKeys.map((key) => encodeEnrollmentId({ workflowId: design.workflowId, key }))
    return createBulkOperation(services, request, { type: 'SEND_MFP', options: null, ids })
  },
}
