import { listDesignNames } from '@muster/database'
import { z } from 'zod'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'

/** `GET /v2/enrollments/enrollmentDesigns`. */
export const listDesigns: Endpoint = {
  summary: 'List the names of the enrollment designs',
  answers: { 200: { description: 'All of them, in order.', content: { 'application/json': z.array(z.string()) } } },
  async handler({ pool }, { caller }) {
    return json(200, await listDesignNames(pool, caller.tenantId))
  },
}
