import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from './client.ts'
import type { Stack } from './stack.ts'

/** As many as fit into the 200 KB that a request may have. */
const MOST_IDS = 1_000
const POLL_MS = 50

/** Passes, as a client of the Entrust dialect asks for them. */
export class Passes {
  readonly #url: string
  readonly #token: string
  readonly #client: Client

  private constructor(url: string, token: string, client: Client) {
    this.#url = url
    this.#token = token
    this.#client = client
  }

  static async signIn({ run, credentials }: Stack): Promise<Passes> {
    const answer = await fetch(`${run.api}/api/web/v1/adminapi/authenticate`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ applicationId: credentials.clientId, sharedSecret: credentials.clientSecret }),
    })
    if (!answer.ok) throw new Error(`signing in: ${answer.status} ${await answer.text()}`)
    const { authToken } = (await answer.json()) as { authToken: string }
    return new Passes(`${run.api}/api/web`, authToken, await Client.signIn(run.api, credentials))
  }

  /** Makes so many enrollments, each with an address of its own; answers their ids. */
  async enroll(count: number): Promise<readonly string[]> {
    const ids: string[] = []
    for (let first = 0; first < count; first += MOST_IDS) {
      const records = Array.from({ length: Math.min(MOST_IDS, count - first) }, (_, index) => recordOf(first + index))
      const created = (await this.#post('/v2/enrollments/Employee%20Badge', records)) as { id?: string }[]
      for (const { id } of created) if (id !== undefined) ids.push(id)
    }
    if (ids.length !== count) throw new Error(`${ids.length} of ${count} enrollments were made`)
    return ids
  }

  /**
   * Sends passes, in as many requests as it takes, one after another; the seconds from the first of them until all
   * operations were COMPLETED. Throws when a row failed.
   */
  async send(ids: readonly string[]): Promise<number> {
    const began = Date.now()
    const operations: string[] = []
    for (let first = 0; first < ids.length; first += MOST_IDS) {
      const body = { ids: ids.slice(first, first + MOST_IDS) }
      operations.push(((await this.#post('/v2/mobileFlashPass', body)) as { id: string }).id)
    }
    let last = 0
    for (const id of operations) last = Math.max(last, await this.#completedAt(id))
    return (last - began) / 1_000
  }

  /** In milliseconds since 1970: the database's clock is this machine's. */
  async #completedAt(id: string): Promise<number> {
    for (;;) {
      const { state, rows, endedAt } = await this.#client.operation(id)
      if (endedAt !== null) {
        if (state === 'COMPLETED' && rows.succeeded === rows.total) return Date.parse(endedAt)
        throw new Error(`an operation ended ${state} with ${JSON.stringify(rows)}`)
      }
      await sleep(POLL_MS)
    }
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: { Authorization: this.#token, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
}

function recordOf(n: number): object {
  const fields = { FirstName: 'Ada', LastName: 'Lovelace', EmployeeNumber: `${n}`, Email: `holder-${n}@example.com` }
  return { fields: Object.entries(fields).map(([name, value]) => ({ name, value })) }
}
