/** What a native access token may allow: `ENTITY:ACTION`. */
export const PERMISSIONS = [
  'OPERATIONS:VIEW',
  'OPERATIONS:ADD',
  'OPERATIONS:EDIT',
  'OPERATIONS:DELETE',
  'BULKUSERS:ADD',
  'BULKENROLLMENTS:ADD',
  'USERS:VIEW',
  'GROUPS:VIEW',
  'GROUPS:ADD',
  'FACTORCONFIGS:VIEW',
  'FACTORCONFIGS:ADD',
  'ENROLLMENTDESIGNS:VIEW',
  'ENROLLMENTDESIGNS:ADD',
  'PRINTERS:VIEW',
  'PRINTERS:ADD',
  'PRINTERS:EDIT',
  'PRINTERS:DELETE',
  'ISSUANCE:VIEW',
  'ISSUANCE:ADD',
  'ISSUANCE:REMOVE',
  'ENROLLMENTS:VIEW',
  'ENROLLMENTS:ADD',
  'ENROLLMENTS:EDIT',
  'ENROLLMENTS:REMOVE',
] as const

export type Permission = (typeof PERMISSIONS)[number]

/** Scopes of the ID360 dialect, compared without regard to case. */
export const ID360_SCOPES = [
  'id360.quick_enrollment.ALL',
  'id360.quick_enrollment.WRITE',
  'id360.quick_enrollment.CREATE',
  'id360.quick_enrollment.READ',
  'id360.job.ALL',
  'id360.job.READ',
] as const

export type Id360Scope = (typeof ID360_SCOPES)[number]

/** What the Entrust dialect knows beside the permissions: all actions on an entity, and a second word for REMOVE. */
export const ENTRUST_SCOPES = ['ISSUANCE:ALL', 'ENROLLMENTS:ALL', 'ENROLLMENTS:DELETE'] as const

/** Every scope there is: what the first API client gets. */
export const ALL_SCOPES: readonly string[] = [...PERMISSIONS, ...ID360_SCOPES, ...ENTRUST_SCOPES]
