import type { OperationType } from '@muster/contracts'
import type { RowOperation } from '@muster/engine'
import { quickEnrollment } from './enrollments/quick-enrollment.ts'
import { smartCardEnrollment } from './enrollments/smart-cards/smart-card-enrollment.ts'
import { revokeMfp } from './mobile-flash-passes/revoke-mfp.ts'
import { sendMfp } from './mobile-flash-passes/send-mfp.ts'
import { printEnrollments } from './printing/print-enrollments.ts'
import { importUsers } from './users/import-users.ts'

/** Every operation type. One that is missing here does not compile. */
export const OPERATIONS: { readonly [T in OperationType]: RowOperation } = {
  IMPORT_USERS: importUsers,
  QUICK_ENROLLMENT: quickEnrollment,
  SMART_CARD_ENROLLMENT: smartCardEnrollment,
  SEND_MFP: sendMfp,
  REVOKE_MFP: revokeMfp,
  PRINT_ENROLLMENTS: printEnrollments,
}
