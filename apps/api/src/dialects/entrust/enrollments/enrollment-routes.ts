import type { EntrustRoute } from '../entrust-route.ts'
import { createEnrollments } from './create-enrollments.ts'
import { deleteEnrollments } from './delete-enrollments.ts'
import { getEnrollment } from './get-enrollment.ts'
import { listDesigns } from './list-designs.ts'
import { readEnrollments } from './read-enrollments.ts'
import { updateEnrollments } from './update-enrollments.ts'

// A design's name and an id are at the same place of one path, which can have one name only.
const ONE = '/v2/enrollments/:idOrDesignName'

/** Enrollments, the records of a design. */
export const ENROLLMENT_ROUTES: readonly EntrustRoute[] = [
  { method: 'get', path: '/v2/enrollments/enrollmentDesigns', permission: 'ENROLLMENTS:VIEW', endpoint: listDesigns },
  { method: 'put', path: '/v2/enrollments', permission: 'ENROLLMENTS:EDIT', endpoint: updateEnrollments },
  { method: 'delete', path: '/v2/enrollments', permission: 'ENROLLMENTS:DELETE', endpoint: deleteEnrollments },
  { method: 'post', path: ONE, permission: 'ENROLLMENTS:ADD', endpoint: createEnrollments },
  { method: 'get', path: ONE, permission: 'ENROLLMENTS:VIEW', endpoint: getEnrollment },
  {
    method: 'post',
    path: '/v2/enrollments/read/:enrollmentDesignName',
    permission: 'ENROLLMENTS:VIEW',
    endpoint: readEnrollments,
  },
]
