import { Refusal } from '../refusal.ts'

/** The caller is known, but its token does not give the permission. */
export function forbidden(permission: string): Refusal {
  return new Refusal('forbidden', `This needs the permission ${permission}, which the access token does not give.`)
}
