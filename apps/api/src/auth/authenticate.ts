import { ensureTenant, type Pool } from '@muster/database'
import { decodeJwt, errors, type JWTPayload } from 'jose'
import { Refusal } from '../refusal.ts'
import { type AccessTokens, UnknownKey } from './access-tokens.ts'
import { AuthenticClients } from './authentic-clients.ts'
import type { Caller } from './caller.ts'
import type { Credentials } from './credentials.ts'
import { IssuerUnreachable, type OutsideIssuer } from './outside-issuer.ts'

/** How a dialect reads an `Authorization` header. */
export interface AuthorizationReading {
  /** Authorization schemes whose token is an access token, the one to advertise first. */
  readonly schemes: readonly string[]
  /** Reads a header of none of these schemes, surrounding space removed; null for what it does not know. */
  readCredentials?(authorization: string): Credentials | null
}

/** Finds out who asks, by the request's `Authorization` header. */
export type Authenticate = (authorization: string | null, reading: AuthorizationReading) => Promise<Caller>

/** Tenants whose ids are remembered; tenants are never removed, so that a remembered one stays right. */
const TENANTS_REMEMBERED = 10_000

/** @param outside an issuer whose tokens are accepted too; null for none */
export function authenticator(pool: Pool, own: AccessTokens, outside: OutsideIssuer | null): Authenticate {
  const clients = new AuthenticClients(pool)
  const tenantIds = new Map<string, number>()
  const tenantIdOf = async (name: string): Promise<number> => {
    const known = tenantIds.get(name)
    if (known !== undefined) return known
    const id = await ensureTenant(pool, name)
    if (tenantIds.size >= TENANTS_REMEMBERED) tenantIds.clear()
    tenantIds.set(name, id)
    return id
  }
  return async (authorization, reading) => {
    const scheme = reading.schemes[0] ?? 'Bearer'
    const credentials = credentialsIn(authorization, reading, scheme)
    if (credentials.kind === 'client') return clientCaller(clients, credentials, scheme)
    const claims = await verified(credentials.token, scheme, own, outside)
    const { subject, tenant, scopes } = callerIn(claims, scheme)
    return { subject, tenant, scopes, tenantId: await tenantIdOf(tenant) }
  }
}

function credentialsIn(authorization: string | null, reading: AuthorizationReading, advertised: string): Credentials {
  const header = (authorization ?? '').trim()
  const [scheme, token, ...rest] = header.split(/ +/)
  const known = reading.schemes.some((each) => each.toLowerCase() === scheme?.toLowerCase())
  if (known && token !== undefined && rest.length === 0) return { kind: 'token', token }
  const credentials = known ? null : (reading.readCredentials?.(header) ?? null)
  if (credentials !== null) return credentials
  throw new Refusal('unauthenticated', `Send an access token: "Authorization: ${advertised} <token>".`, {
    headers: { 'WWW-Authenticate': advertised },
  })
}

async function clientCaller(
  clients: AuthenticClients,
  { id, secret }: Extract<Credentials, { kind: 'client' }>,
  scheme: string,
): Promise<Caller> {
  const client = await clients.find(id, secret)
  if (client !== null) {
    return { subject: client.id, tenant: client.tenant, tenantId: client.tenantId, scopes: client.scopes }
  }
  throw new Refusal('unauthenticated', 'The client id or the secret is wrong.', {
    headers: { 'WWW-Authenticate': scheme },
  })
}

async function verified(
  token: string,
  scheme: string,
  own: AccessTokens,
  outside: OutsideIssuer | null,
): Promise<JWTPayload> {
  try {
    const isOutside = outside !== null && decodeJwt(token).iss === outside.issuer
    return await (isOutside ? outside : own).verify(token)
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw bad('The access token has expired; ask for a new one.', scheme)
    if (error instanceof errors.JOSEError || error instanceof UnknownKey) {
      throw bad('The access token is not valid here.', scheme)
    }
    if (error instanceof IssuerUnreachable) {
      const detail = "The token's issuer cannot be reached to verify it; try again in some seconds."
      throw new Refusal('unavailable', detail, { headers: { 'Retry-After': '5' } })
    }
    throw error
  }
}

/** RFC 6750 §3.1. */
function bad(detail: string, scheme: string): Refusal {
  return new Refusal('unauthenticated', detail, { headers: { 'WWW-Authenticate': `${scheme} error="invalid_token"` } })
}

function callerIn(claims: JWTPayload, scheme: string): Omit<Caller, 'tenantId'> {
  const { sub, tenant } = claims
  if (typeof sub !== 'string' || sub === '') throw bad('The access token has no subject.', scheme)
  if (typeof tenant !== 'string' || !/^[^\p{Cc}]{1,128}$/u.test(tenant))
    throw bad('The access token names no tenant.', scheme)
  return { subject: sub, tenant, scopes: scopesIn(claims) }
}

/** `scope` as RFC 9068 §2.2.3 has it, or `scp` as some issuers do, text or array. */
function scopesIn(claims: JWTPayload): readonly string[] {
  const given = claims['scope'] ?? claims['scp']
  const parts = Array.isArray(given) ? given : [given]
  return parts
    .flatMap((part: unknown) => (typeof part === 'string' ? part.split(/\s+/) : []))
    .filter((part) => part !== '')
}
