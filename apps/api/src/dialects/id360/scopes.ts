import type { Id360Scope } from '@muster/contracts'

/** What the dialect's endpoints need: one verb on one resource. */
export type Id360Permission = Extract<
  Id360Scope,
  'id360.quick_enrollment.CREATE' | 'id360.quick_enrollment.READ' | 'id360.job.READ'
>

/** Verbs that a verb implies beside itself. `ALL` implies every verb. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = { write: ['create'] }

/**
 * The scopes of which any one gives the permission, in lower case.
 * A token's scopes are compared with them without regard to case.
 */
export function scopesFor(permission: string): readonly string[] {
  const wanted = permission.toLowerCase()
  const dot = wanted.lastIndexOf('.')
  const resource = wanted.slice(0, dot)
  const verb = wanted.slice(dot + 1)
  const implying = Object.keys(IMPLIED).filter((other) => IMPLIED[other]?.includes(verb))
  return ['all', ...implying, verb].map((each) => `${resource}.${each}`)
}

/** True when one of a token's scopes gives the permission. */
export function grants(scopes: readonly string[], permission: string): boolean {
  const enough = scopesFor(permission)
  return scopes.some((scope) => enough.includes(scope.toLowerCase()))
}
