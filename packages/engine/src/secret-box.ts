import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const FORMAT = 1
const ID_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + ID_BYTES + NONCE_BYTES

/**
 * Seals small secrets with AES-256-GCM (NIST SP 800-38D). A sealed secret names its key by the
 * first four bytes of the key's SHA-256, so that keys can be rotated: the first key seals, all open.
 *
 * Layout: format (1 byte, 1), key id (4), nonce (12), tag (16), ciphertext.
 */
export class SecretBox {
  readonly #sealing: { id: Buffer; key: Uint8Array }
  readonly #keys: ReadonlyMap<string, Uint8Array>

  /** @param keys 32 bytes each; the first seals. Throws a RangeError on any other length, or on none. */
  constructor(keys: readonly Uint8Array[]) {
    const named = keys.map((key) => ({ id: keyId(key), key }))
    const [first] = named
    if (first === undefined) throw new RangeError('at least one key is needed')
    this.#sealing = first
    this.#keys = new Map(named.map(({ id, key }) => [id.toString('hex'), key]))
  }

  seal(secret: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#sealing.key, nonce)
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.of(FORMAT), this.#sealing.id, nonce, cipher.getAuthTag(), text])
  }

  /** Throws when the key is not known or the bytes were changed. */
  open(sealed: Uint8Array): string {
    const bytes = Buffer.from(sealed)
    const id = bytes.subarray(1, 1 + ID_BYTES).toString('hex')
    const key = this.#keys.get(id)
    if (bytes[0] !== FORMAT || key === undefined) {
      throw new Error(`this secret was sealed with key ${id}, which is not among the keys given`)
    }
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1 + ID_BYTES, HEAD_BYTES))
    decipher.setAuthTag(bytes.subarray(HEAD_BYTES, HEAD_BYTES + TAG_BYTES))
    return decipher.update(bytes.subarray(HEAD_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  }
}

function keyId(key: Uint8Array): Buffer {
  if (key.length !== 32) throw new RangeError(`a key has 32 bytes, this one has ${key.length}`)
  return createHash('sha256').update(key).digest().subarray(0, ID_BYTES)
}
