import { insertFirstSigningKey, listSigningKeys, type Pool, type SigningKey } from '@muster/database'
import type { SecretBox } from '@muster/engine'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'

export const ALGORITHM = 'ES256'

/** How long an unknown key id is not asked for again: anybody can make one up. */
const ASK_AGAIN_AFTER_MS = 10_000

/** The keys that sign access tokens: kept in the database, the private half sealed. */
export class SigningKeys {
  readonly #pool: Pool
  readonly #secrets: SecretBox
  #signing: { readonly id: string; readonly key: CryptoKey } | null = null
  #verifying = new Map<string, CryptoKey>()
  #askedAt = 0

  constructor(pool: Pool, secrets: SecretBox) {
    this.#pool = pool
    this.#secrets = secrets
  }

  /** Makes the first key, when there is none yet, and reads them all. Throws when the newest cannot be opened. */
  async load(): Promise<void> {
    let keys = await listSigningKeys(this.#pool)
    if (keys.length === 0) {
      await insertFirstSigningKey(this.#pool, await this.#newKey())
      keys = await listSigningKeys(this.#pool)
    }
    const [newest] = keys
    if (newest === undefined) throw new Error('the signing key just stored is not there')
    const key = await importKey(JSON.parse(this.#secrets.open(newest.sealedPrivateJwk)))
    this.#signing = { id: newest.id, key }
    await this.#remember(keys)
  }

  /** The key that signs now. */
  get signing(): { readonly id: string; readonly key: CryptoKey } {
    if (this.#signing === null) throw new Error('the signing keys are not loaded')
    return this.#signing
  }

  /** The public key of that id, which another process may have added meanwhile; null when there is none. */
  async verifying(id: string): Promise<CryptoKey | null> {
    const known = this.#verifying.get(id)
    if (known !== undefined) return known
    if (Date.now() - this.#askedAt < ASK_AGAIN_AFTER_MS) return null
    this.#askedAt = Date.now()
    await this.#remember(await listSigningKeys(this.#pool))
    return this.#verifying.get(id) ?? null
  }

  /** The public keys as a JWK set (RFC 7517 §5). */
  async publicKeys(): Promise<{ readonly keys: readonly object[] }> {
    const keys = await listSigningKeys(this.#pool)
    return { keys: keys.map(({ id, publicJwk }) => ({ ...publicJwk, kid: id, alg: ALGORITHM, use: 'sig' })) }
  }

  async #remember(keys: readonly SigningKey[]): Promise<void> {
    const entries = keys.map(async ({ id, publicJwk }) => [id, await importKey(publicJwk)] as const)
    this.#verifying = new Map(await Promise.all(entries))
  }

  async #newKey(): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
    const publicJwk = await exportJWK(publicKey)
    return {
      id: await calculateJwkThumbprint(publicJwk),
      publicJwk: { ...publicJwk },
      sealedPrivateJwk: this.#secrets.seal(JSON.stringify(await exportJWK(privateKey))),
    }
  }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM)
  if (key instanceof Uint8Array) throw new Error('a signing key is not asymmetric')
  return key
}
