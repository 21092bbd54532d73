/** What the dialect's endpoints need, as the vendor's document has it: one action on one entity. */
export type EntrustPermission =
  | 'ISSUANCE:VIEW'
  | 'ISSUANCE:ADD'
  | 'ISSUANCE:REMOVE'
  | 'ENROLLMENTS:VIEW'
  | 'ENROLLMENTS:ADD'
  | 'ENROLLMENTS:EDIT'
  | 'ENROLLMENTS:DELETE'

/** The vendor's endpoints ask for DELETE, but what it lets one assign is called REMOVE. */
const SAME: Readonly<Record<string, readonly string[]>> = { DELETE: ['DELETE', 'REMOVE'] }

/** True when one of a token's scopes, compared letter for letter, gives the permission; `ENTITY:ALL` gives all of an entity. */
export function permits(scopes: readonly string[], permission: string): boolean {
  const [entity, action = ''] = permission.split(':')
  const enough = ['ALL', ...(SAME[action] ?? [action])].map((each) => `${entity}:${each}`)
  return scopes.some((scope) => enough.includes(scope))
}
