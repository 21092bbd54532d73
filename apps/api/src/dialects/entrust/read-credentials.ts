import type { Credentials } from '../../auth/credentials.ts'

/** A client's id without space in it, a comma, and the secret, which may have more of them. */
const CLIENT = /^([^\s,]{1,128}),(.{1,1024})$/

/**
 * Reads an `Authorization` header without a scheme: an access token alone, or `<applicationId>,<sharedSecret>`. Null
 * for what is neither.
 */
export function readCredentials(authorization: string): Credentials | null {
  const [, id, secret] = CLIENT.exec(authorization) ?? []
  if (id !== undefined && secret !== undefined) return { kind: 'client', id, secret }
  return /^[\w.-]+$/.test(authorization) ? { kind: 'token', token: authorization } : null
}
