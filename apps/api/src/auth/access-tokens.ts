import { randomUUID } from 'node:crypto'
import { type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { ALGORITHM, type SigningKeys } from './signing-keys.ts'

/** Seconds that an access token lives. */
export const TOKEN_SECONDS = 3_600

/** Who the tokens are for: this API. */
const AUDIENCE = 'muster'

// Clocks of two hosts differ a little.
const CLOCK_TOLERANCE_SECONDS = 5

/** Issues and verifies our own access tokens (RFC 9068). */
export class AccessTokens {
  readonly issuer: string
  readonly #keys: SigningKeys

  constructor(keys: SigningKeys, issuer: string) {
    this.#keys = keys
    this.issuer = issuer
  }

  async issue(client: { id: string; tenant: string }, scopes: readonly string[]): Promise<string> {
    const { id, key } = this.#keys.signing
    return new SignJWT({ client_id: client.id, tenant: client.tenant, scope: scopes.join(' ') })
      .setProtectedHeader({ alg: ALGORITHM, kid: id, typ: 'at+jwt' })
      .setIssuer(this.issuer)
      .setSubject(client.id)
      .setAudience(AUDIENCE)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_SECONDS}s`)
      .sign(key)
  }

  /** The token's claims. Throws an error of jose's unless the token is ours and in force. */
  async verify(token: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, (header) => this.#publicKey(header.kid), {
      issuer: this.issuer,
      audience: AUDIENCE,
      algorithms: [ALGORITHM],
      typ: 'at+jwt',
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'tenant', 'scope', 'exp'],
    })
    return payload
  }

  async #publicKey(id: string | undefined) {
    const key = id === undefined ? null : await this.#keys.verifying(id)
    if (key === null) throw new UnknownKey()
    return key
  }
}

/** No key of ours has the id that the token names. */
export class UnknownKey extends Error {
  constructor() {
    super('the token names a key that does not exist')
    this.name = 'UnknownKey'
  }
}
