import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Credentials } from '../credentials.ts'

const COUNT = z.number().nullable()

const OPERATION = z.object({
  id: z.string(),
  state: z.string(),
  rows: z.object({
    total: COUNT,
    succeeded: z.number(),
    unchanged: z.number(),
    failed: z.number(),
    unprocessed: COUNT,
  }),
  errorMessage: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
})

export type OperationAnswer = z.infer<typeof OPERATION>

const JOB = z.object({
  data: z.object({
    id: z.string(),
    status: z.string(),
    start_time: z.string().optional(),
    end_time: z.string().optional(),
    details: z.object({
      total: COUNT.optional(),
      succeeded: z.number(),
      unchanged: z.number(),
      failed: z.number(),
    }),
  }),
})

export type JobAnswer = z.infer<typeof JOB>['data']

const USER = z.object({
  userId: z.string(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  attributes: z.record(z.string(), z.string()).nullable(),
  factors: z.array(z.object({ factorType: z.string() })),
})

export type UserAnswer = z.infer<typeof USER>

const FACTOR_CONFIGS = z.object({ factorConfigs: z.array(z.object({ id: z.string(), factorType: z.string() })) })
const TOKEN = z.object({ access_token: z.string() })
const UPLOADED = z.object({ data: z.object({ id: z.string() }) })

/** The API as a program outside sees it: over HTTP, with an access token. */
export class ApiClient {
  readonly #url: string
  readonly #authorization: string

  private constructor(url: string, token: string) {
    this.#url = url
    this.#authorization = `Bearer ${token}`
  }

  /** Asks for an access token with the client's credentials (RFC 6749 §4.4). */
  static async signIn(url: string, { clientId, clientSecret }: Credentials): Promise<ApiClient> {
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')
    const answer = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const { access_token } = TOKEN.parse(await (await expectOk(answer)).json())
    return new ApiClient(url, access_token)
  }

  /** Uploads a file for a new operation of the native API. */
  async importUsers(file: Blob, fileName: string, encoding: string): Promise<OperationAnswer> {
    const form = new FormData()
    form.append('type', 'IMPORT_USERS')
    form.append('encoding', encoding)
    form.append('file', file, fileName)
    return OPERATION.parse(await this.#json('/v1/operations', { method: 'POST', body: form }))
  }

  async operation(id: string): Promise<OperationAnswer> {
    return OPERATION.parse(await this.#json(`/v1/operations/${id}`))
  }

  /** The ids of the factor configs of these types, in the order of the types. */
  async factorConfigIds(types: readonly string[]): Promise<string[]> {
    const { factorConfigs } = FACTOR_CONFIGS.parse(await this.#json('/v1/factor-configs'))
    return types.map((type) => {
      const config = factorConfigs.find(({ factorType }) => factorType === type)
      if (config === undefined) throw new Error(`there is no factor config of type ${type}`)
      return config.id
    })
  }

  /** Uploads a file through the ID360 dialect; answers the job's id. */
  async enroll(file: Blob, fileName: string, factorConfigIds: readonly string[]): Promise<string> {
    const form = new FormData()
    form.append('file', file, fileName)
    for (const id of factorConfigIds) form.append('factor_configs', id)
    const answer = await this.#json('/api/v1/protection/quick-enrollment/upload-csv', { method: 'POST', body: form })
    return UPLOADED.parse(answer).data.id
  }

  async job(id: string): Promise<JobAnswer> {
    return JOB.parse(await this.#json(`/api/v1/jobs/${id}`)).data
  }

  /** Null when there is no such user. */
  async user(userId: string): Promise<UserAnswer | null> {
    const answer = await this.#fetch(`/v1/users/${encodeURIComponent(userId)}`)
    if (answer.status === 404) return null
    return USER.parse(await (await expectOk(answer)).json())
  }

  /** Saves what a path answers. */
  async download(path: string, file: string): Promise<void> {
    const { body } = await expectOk(await this.#fetch(path))
    if (body === null) throw new Error(`${path} answered nothing`)
    await pipeline(Readable.fromWeb(body), createWriteStream(file, { mode: 0o600 }))
  }

  async #json(path: string, init: RequestInit = {}): Promise<unknown> {
    return (await expectOk(await this.#fetch(path, init))).json()
  }

  #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#url}${path}`, { ...init, headers: { Authorization: this.#authorization } })
  }
}

async function expectOk(answer: Response): Promise<Response> {
  if (answer.ok) return answer
  throw new Error(`${new URL(answer.url).pathname} answered ${answer.status}: ${(await answer.text()).slice(0, 1_000)}`)
}
