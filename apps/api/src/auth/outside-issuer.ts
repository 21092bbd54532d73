import { createRemoteJWKSet, type JWTPayload, jwtVerify, type RemoteJWKSet } from 'jose'
import { z } from 'zod'

const PATIENCE_MS = 5_000
const CLOCK_TOLERANCE_SECONDS = 30

// Asymmetric ones alone: with a symmetric one, who can verify can issue.
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']

const DISCOVERY = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) })

/** The issuer could not be asked for its keys, so nobody can say whether a token of it is good. */
export class IssuerUnreachable extends Error {
  constructor(cause: unknown) {
    super('the outside issuer does not tell its keys', { cause })
    this.name = 'IssuerUnreachable'
  }
}

/** An OpenID provider whose tokens are accepted beside ours. */
export class OutsideIssuer {
  readonly issuer: string
  readonly #audience: string
  #keys: Promise<RemoteJWKSet> | null = null

  constructor(issuer: string, audience: string) {
    this.issuer = issuer
    this.#audience = audience
  }

  /** The token's claims. Throws an error of jose's for a token that is no good, IssuerUnreachable when it cannot be told. */
  async verify(token: string): Promise<JWTPayload> {
    const keys = await this.#remoteKeys()
    const { payload } = await jwtVerify(token, async (header, flattened) => keyOf(keys, header, flattened), {
      issuer: this.issuer,
      audience: this.#audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'exp'],
    })
    return payload
  }

  #remoteKeys(): Promise<RemoteJWKSet> {
    this.#keys ??= discover(this.issuer).catch((error: unknown) => {
      this.#keys = null
      throw new IssuerUnreachable(error)
    })
    return this.#keys
  }
}

async function keyOf(keys: RemoteJWKSet, ...token: Parameters<RemoteJWKSet>): ReturnType<RemoteJWKSet> {
  try {
    return await keys(...token)
  } catch (error) {
    throw isAboutToken(error) ? error : new IssuerUnreachable(error)
  }
}

/** True when the issuer answered, but has no key for this token. */
function isAboutToken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return (
    code === 'ERR_JWKS_NO_MATCHING_KEY' ||
    code === 'ERR_JWKS_MULTIPLE_MATCHING_KEYS' ||
    code === 'ERR_JOSE_NOT_SUPPORTED'
  )
}

/** OpenID Connect Discovery 1.0 §4. */
async function discover(issuer: string): Promise<RemoteJWKSet> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: { accept: 'application/json' },
  })
  if (!answer.ok) throw new Error(`the discovery document was answered with status ${answer.status}`)
  const document = DISCOVERY.parse(await answer.json())
  if (document.issuer !== issuer) throw new Error('the discovery document is of another issuer')
  return createRemoteJWKSet(new URL(document.jwks_uri), { timeoutDuration: PATIENCE_MS })
}
