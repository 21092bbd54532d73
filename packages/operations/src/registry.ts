import type { OperationType } from '@muster/contracts'
import type { RowOperation } from '@muster/engine'
import { quickEnrollment } from './enrollments/quick-enrollment.ts'
import { smartCardEnrollment } from './enrollments/smart-cards/smart-card-enrollment.ts'
import { importUsers } from './users/import-users.ts'

/** Every operation type. One that is missing here does not compile. */
export const OPERATIONS: { readonly [T in OperationType]: RowOperation } = {
  IMPORT_USERS: importUsers,
  QUICK_ENROLLMENT: quickEnrollment,
  SMART_CARD_ENROLLMENT: smartCardEnrollment,
}
