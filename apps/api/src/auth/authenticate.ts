import { ensureTenant, type Pool } from '@muster/database'
import { decodeJwt, errors, type JWTPayload } from 'jose'
import { Refusal } from '../refusal.ts'
import { type AccessTokens, UnknownKey } from './access-tokens.ts'
import type { Caller } from './caller.ts'
import { IssuerUnreachable, type OutsideIssuer } from './outside-issuer.ts'

/** Finds out who asks, by the request's `Authorization` header. */
export type Authenticate = (authorization: string | null, schemes: readonly string[]) => Promise<Caller>

/** Tenants whose ids are remembered; tenants are never removed, so that a remembered one stays right. */
const TENANTS_REMEMBERED = 10_000

/** @param outside an issuer whose tokens are accepted too; null for none */
export function authenticator(pool: Pool, own: AccessTokens, outside: OutsideIssuer | null): Authenticate {
  const tenantIds = new Map<string, number>()
  const tenantIdOf = async (name: string): Promise<number> => {
    const known = tenantIds.get(name)
    if (known !== undefined) return known
    const id = await ensureTenant(pool, name)
    if (tenantIds.size >= TENANTS_REMEMBERED) tenantIds.clear()
    tenantIds.set(name, id)
    return id
  }
  return async (authorization, schemes) => {
    const scheme = schemes[0] ?? 'Bearer'
    const claims = await verified(tokenIn(authorization, schemes), scheme, own, outside)
    const { subject, tenant, scopes } = callerIn(claims, scheme)
    return { subject, tenant, scopes, tenantId: await tenantIdOf(tenant) }
  }
}

function tokenIn(authorization: string | null, schemes: readonly string[]): string {
  const [scheme, token, ...rest] = (authorization ?? '').trim().split(/ +/)
  const known = schemes.some((each) => each.toLowerCase() === scheme?.toLowerCase())
  if (known && token !== undefined && rest.length === 0) return token
  const [advertised = 'Bearer'] = schemes
  throw new Refusal('unauthenticated', `Send an access token: "Authorization: ${advertised} <token>".`, {
    headers: { 'WWW-Authenticate': advertised },
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
