/** The bulk operations that exist, by the names that travel on the wire. */
export const OPERATION_TYPES = [
  'IMPORT_USERS',
  'QUICK_ENROLLMENT',
  'SMART_CARD_ENROLLMENT',
  'SEND_MFP',
  'REVOKE_MFP',
  'PRINT_ENROLLMENTS',
] as const

export type OperationType = (typeof OPERATION_TYPES)[number]

export function isOperationType(value: unknown): value is OperationType {
  return OPERATION_TYPES.some((type) => type === value)
}
