import { createHmac, randomBytes } from 'node:crypto'
import { type Client, findClient, type Pool } from '@muster/database'
import { isSecret } from './client-secret.ts'

/** How long a secret that was found right is not hashed again. */
const REMEMBERED_MS = 60_000
const REMEMBERED_AT_MOST = 1_000

/**
 * Tells clients by id and secret where every request shows them. Hashing a secret takes a quarter of a second's work,
 * so that what was right a minute ago is remembered, by a hash under a key that only this process has.
 */
export class AuthenticClients {
  readonly #pool: Pool
  readonly #key = randomBytes(32)
  /** Until when each is remembered, the one that is forgotten first in front. */
  readonly #right = new Map<string, number>()
  /** Those that are being hashed: a client's requests that come at once wait for one. */
  readonly #asked = new Map<string, Promise<boolean>>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** The client as it is now; null when there is none of that id, or the secret is wrong. Throws as `isSecret` does. */
  async find(id: string, secret: string): Promise<Client | null> {
    const client = await findClient(this.#pool, id.replaceAll('\0', '\uFFFD'))
    const stored = client?.secretHash ?? null
    // With the stored hash, a secret that was changed is forgotten at once.
    const mark = this.#mark([id, secret, stored])
    if ((this.#right.get(mark) ?? 0) > performance.now()) return client
    return (await this.#isRight(mark, secret, stored)) ? client : null
  }

  async #isRight(mark: string, secret: string, stored: string | null): Promise<boolean> {
    const asked = this.#asked.get(mark)
    if (asked !== undefined) return asked
    const asking = isSecret(secret, stored).finally(() => this.#asked.delete(mark))
    this.#asked.set(mark, asking)
    const right = await asking
    if (right) this.#remember(mark)
    return right
  }

  #remember(mark: string): void {
    this.#right.delete(mark)
    this.#right.set(mark, performance.now() + REMEMBERED_MS)
    const [first] = this.#right.keys()
    if (this.#right.size > REMEMBERED_AT_MOST && first !== undefined) this.#right.delete(first)
  }

  #mark(parts: readonly (string | null)[]): string {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('base64')
  }
}
