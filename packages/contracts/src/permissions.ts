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

/** Every scope there is: what the first API client gets. */
export const ALL_SCOPES: readonly string[] = [...PERMISSIONS, ...ID360_SCOPES]
