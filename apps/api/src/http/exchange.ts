import type { UploadOutcome } from '@muster/telemetry'
import express, { type Request, type RequestHandler, type Response } from 'express'
import type { PublicRequest } from '../dialects/route.ts'
import { Refusal } from '../refusal.ts'
import { receiveData } from '../upload/receive-data.ts'
import { receiveUpload } from '../upload/receive-upload.ts'
import { type Received, UploadAborted } from '../upload/received.ts'
import type { ReceivedFile, Upload } from '../upload/upload.ts'
import type { HttpContext } from './http-context.ts'

const MAX_JSON_BYTES = 64 * 1024
const MAX_FORM_BYTES = 16 * 1024

/** One request, seen without the web server; what it took in is undone unless the handler keeps it. */
export class Exchange implements PublicRequest {
  readonly id: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly signal: AbortSignal

  readonly #req: Request
  readonly #res: Response
  readonly #context: Pick<HttpContext, 'files' | 'maxUploadBytes' | 'metrics'>
  #admitUpload: () => Promise<void> = async () => undefined
  #isUpload = false
  #received: Received | null = null

  constructor(req: Request, res: Response, context: { readonly id: string } & HttpContext) {
    const [path = '/', query = ''] = req.originalUrl.split(/\?(.*)/s)
    this.id = context.id
    this.path = path
    this.params = Object.fromEntries(Object.entries(req.params).map(([name, value]) => [name, String(value)]))
    this.query = new URLSearchParams(query)
    this.signal = untilClosed(res)
    this.#req = req
    this.#res = res
    this.#context = context
  }

  /** What is to be asked before an upload that becomes an operation is received; it throws a Refusal. */
  beforeUpload(admit: () => Promise<void>): void {
    this.#admitUpload = admit
  }

  /** Runs the handling of this request. When this returns or throws, nothing stays of an upload not kept. */
  async carryOut<T>(handle: () => Promise<T>): Promise<T> {
    try {
      const answer = await handle()
      this.#countUpload(this.#received?.kept ? 'accepted' : 'refused')
      return answer
    } catch (error) {
      const refused = error instanceof Refusal && error.status < 500
      this.#countUpload(error instanceof UploadAborted ? 'aborted' : refused ? 'refused' : 'failed')
      throw error
    } finally {
      await this.#received?.finish()
    }
  }

  #countUpload(outcome: UploadOutcome): void {
    if (this.#isUpload) this.#context.metrics.upload(outcome, this.#received?.file.bytes ?? 0)
  }

  header(name: string): string | null {
    return this.#req.get(name) ?? null
  }

  async json(maxBytes = MAX_JSON_BYTES): Promise<unknown> {
    if (!this.#req.is('application/json'))
      throw new Refusal('unsupported-media-type', 'Send the body as application/json.')
    await this.#read(express.json({ limit: maxBytes, strict: false, type: () => true }), maxBytes)
    return this.#req.body
  }

  async form(): Promise<URLSearchParams> {
    if (!this.#req.is('application/x-www-form-urlencoded')) {
      throw new Refusal('unsupported-media-type', 'Send the body as application/x-www-form-urlencoded.')
    }
    await this.#read(express.text({ limit: MAX_FORM_BYTES, type: () => true }), MAX_FORM_BYTES)
    return new URLSearchParams(typeof this.#req.body === 'string' ? this.#req.body : '')
  }

  async upload(fields: readonly string[]): Promise<Upload> {
    this.#isUpload = true
    // An answer that was given before is found by what was uploaded, so that this cannot be refused unread.
    if (this.header('idempotency-key') === null) await this.#admitUpload()
    const { files, maxUploadBytes } = this.#context
    const received = await receiveUpload(this.#req, this.#res, files, { maxBytes: maxUploadBytes, fields })
    this.#received = received
    return received.file
  }

  async data(key: string): Promise<ReceivedFile> {
    this.#isUpload = true
    const { files, maxUploadBytes } = this.#context
    this.#received = await receiveData(this.#req, this.#res, files, { maxBytes: maxUploadBytes, key })
    return this.#received.file
  }

  async #read(parser: RequestHandler, maxBytes: number): Promise<void> {
    if (this.#req.headers.expect !== undefined) this.#res.writeContinue()
    await new Promise<void>((resolve, reject) => {
      parser(this.#req, this.#res, (error?: unknown) =>
        error === undefined ? resolve() : reject(bodyRefusal(error, maxBytes)),
      )
    })
  }
}

function untilClosed(res: Response): AbortSignal {
  const over = new AbortController()
  res.once('close', () => over.abort())
  return over.signal
}

/** What the body parser found wrong, by its `type`. */
function bodyRefusal(error: unknown, maxBytes: number): unknown {
  const type = error instanceof Error && 'type' in error ? error.type : null
  switch (type) {
    case 'entity.parse.failed':
      return new Refusal('malformed-request', 'The body is not well-formed JSON.')
    case 'entity.too.large':
      return new Refusal('content-too-large', `The body is too large: at most ${maxBytes} bytes are taken.`)
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Refusal('unsupported-media-type', 'Send the body in UTF-8, uncompressed or as gzip, deflate or br.')
    case 'request.aborted':
    case 'request.size.invalid':
      return new Refusal('malformed-request', 'The body ends early.')
    default:
      return error
  }
}
