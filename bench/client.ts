import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { extname } from 'node:path'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Credentials } from './stack.ts'

/** An operation that has ended. */
export interface Ended {
  readonly state: string
  readonly rows: {
    readonly total: number
    readonly succeeded: number
    readonly unchanged: number
    readonly failed: number
  }
  /** From the first byte sent to the end of the operation, in seconds. */
  readonly seconds: number
  readonly moments: Moments
}

/** In milliseconds since 1970: the database's clock is this machine's. */
interface Moments {
  /** Before the first byte was sent. */
  readonly began: number
  /** The file was stored, and the operation there. */
  readonly created: number
  /** A worker took it up. */
  readonly started: number
  readonly ended: number
}

/** An operation, as far as it matters here. */
export interface Operation extends Omit<Ended, 'seconds' | 'moments'> {
  readonly id: string
  readonly createdAt: string
  /** Null until a worker takes it up. */
  readonly startedAt: string | null
  readonly endedAt: string | null
}

/** Parts of a form, in order; a name may come several times. */
export type Fields = readonly (readonly [name: string, value: string])[]

const BOUNDARY = 'muster-bench'
const POLL_MS = 200

/** The API as a client sees it. */
export class Client {
  readonly #url: string
  readonly #token: string

  private constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  static async signIn(url: string, { clientId, clientSecret }: Credentials): Promise<Client> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    })
    const answer = await fetch(`${url}/oauth/token`, { method: 'POST', body })
    if (!answer.ok) throw new Error(`signing in: ${answer.status} ${await answer.text()}`)
    const { access_token } = (await answer.json()) as { access_token: string }
    return new Client(url, access_token)
  }

  /** The ids of the factor configs of these types. */
  async factorConfigIds(types: readonly string[]): Promise<string[]> {
    const answer = (await this.#get('/v1/factor-configs')) as { factorConfigs: { id: string; factorType: string }[] }
    return answer.factorConfigs.filter(({ factorType }) => types.includes(factorType)).map(({ id }) => id)
  }

  /** Uploads a file and resolves when its operation has ended. */
  async carryOut(file: string, fields: Fields): Promise<Ended> {
    const began = Date.now()
    const { id } = await this.upload(file, fields)
    for (;;) {
      const { state, rows, createdAt, startedAt, endedAt } = await this.operation(id)
      if (endedAt !== null) {
        const created = Date.parse(createdAt)
        const started = Date.parse(startedAt ?? endedAt)
        const ended = Date.parse(endedAt)
        return { state, rows, seconds: (ended - began) / 1_000, moments: { began, created, started, ended } }
      }
      await sleep(POLL_MS)
    }
  }

  /** Uploads a file: the operation that it became. */
  async upload(file: string, fields: Fields): Promise<Operation> {
    const { size } = await stat(file)
    const part = (name: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`
    const head = fields.map(([name, value]) => `${part(name)}\r\n\r\n${value}\r\n`).join('')
    const extension = extname(file)
    const type = extension === '.zip' ? 'application/zip' : 'text/csv'
    const before = `${head}${part('file')}; filename="bench${extension}"\r\nContent-Type: ${type}\r\n\r\n`
    const after = `\r\n--${BOUNDARY}--\r\n`
    // Not fetch: its forms cost a second of processor time per 100 MB, on the machine that is measured.
    const sent = request(`${this.#url}/v1/operations`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${this.#token}`,
        'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
        'Content-Length': Buffer.byteLength(before) + size + Buffer.byteLength(after),
      },
    })
    const answered = new Promise<IncomingMessage>((resolve, reject) => sent.on('response', resolve).on('error', reject))
    await pipeline(async function* () {
      yield before
      yield* createReadStream(file, { highWaterMark: 256 * 1_024 })
      yield after
    }, sent)
    const answer = await answered
    const body = await json(answer)
    if (answer.statusCode !== 201)
      throw new Error(`the upload was answered ${answer.statusCode}: ${JSON.stringify(body)}`)
    return body as Operation
  }

  async operation(id: string): Promise<Operation> {
    return (await this.#get(`/v1/operations/${id}`)) as Operation
  }

  async cancel(id: string): Promise<void> {
    const headers = { Authorization: `Bearer ${this.#token}` }
    const answer = await fetch(`${this.#url}/v1/operations/${id}/cancel`, { method: 'POST', headers })
    if (!answer.ok) throw new Error(`cancelling answered ${answer.status}`)
  }

  async #get(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`, { headers: { Authorization: `Bearer ${this.#token}` } })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
    return answer.json()
  }
}
