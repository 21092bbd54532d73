import { createHash, randomBytes } from 'node:crypto'

/** A claim's token, for whoever gets the link alone, and what is kept of it. */
export interface ClaimToken {
  /** 256 random bits, in characters that need no quoting in an address. */
  readonly token: string
  /** SHA-256 of the token. */
  readonly hash: Uint8Array
}

export function newClaimToken(): ClaimToken {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: claimTokenHash(token) }
}

/** What a token is known by: the SHA-256 of its characters. It may be any text, also one that is no token. */
export function claimTokenHash(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}
