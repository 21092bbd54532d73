import type { Response } from 'express'

export const ROLES = ['viewer', 'operator'] as const

/** A viewer looks; an operator changes things too. */
export type Role = (typeof ROLES)[number]

/** Who sent a request. */
export interface SignedIn {
  readonly name: string
  readonly role: Role
  /** What a form carries as `_csrf`, or a script as the header `X-XSRF-TOKEN`, to show that a page of ours sent it. */
  readonly csrf: string
}

/** Who sent the request that this answers. Throws where nobody is signed in: such requests come no further than that. */
export function signedIn(response: Response): SignedIn {
  const { signedIn: who } = response.locals as { signedIn?: SignedIn }
  if (who === undefined) throw new Error('a request came here before it was known who sent it')
  return who
}

export function keepSignedIn(response: Response, who: SignedIn): void {
  response.locals['signedIn'] = who
}
