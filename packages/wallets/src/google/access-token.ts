import { SignJWT } from 'jose'
import { ask, GoogleAway, memberOf, said } from './answer.ts'
import type { GoogleCredentials } from './google-credentials.ts'

const SCOPE = 'https://www.googleapis.com/auth/wallet_object.issuer'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** A new one is got that much before the old one expires. */
const EARLY_SECONDS = 120

interface Held {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly until: number
}

/** The access token of a service account, got by a signed assertion (RFC 7523) and kept while it is good. */
export class AccessToken {
  readonly #credentials: GoogleCredentials
  #held: Held | null = null
  #asking: Promise<Held> | null = null

  constructor(credentials: GoogleCredentials) {
    this.#credentials = credentials
  }

  /** Throws a GoogleAway, also when the account gets none. */
  async get(): Promise<string> {
    if (this.#held !== null && Date.now() < this.#held.until) return this.#held.token
    // Those who need one at the same time ask once.
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    this.#held = await this.#asking
    return this.#held.token
  }

  /** Not to be used again: it was refused. */
  drop(token: string): void {
    if (this.#held?.token === token) this.#held = null
  }

  async #ask(): Promise<Held> {
    const { clientEmail, key, tokenUri } = this.#credentials
    const assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(clientEmail)
      .setAudience(tokenUri)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(key)
    const body = new URLSearchParams({ grant_type: GRANT, assertion })
    const answer = await ask(tokenUri, { method: 'POST', body })
    const token = memberOf(answer.json, 'access_token')
    const seconds = memberOf(answer.json, 'expires_in')
    if (answer.status === 200 && typeof token === 'string' && typeof seconds === 'number') {
      return { token, until: Date.now() + (seconds - EARLY_SECONDS) * 1000 }
    }
    throw new GoogleAway(`Google gives the service account no access (${said(answer)})`)
  }
}
