import type { z } from 'zod'
import type { AuthorizationReading } from '../auth/authenticate.ts'
import type { Caller } from '../auth/caller.ts'
import type { Refusal } from '../refusal.ts'
import type { ReceivedFile, Upload } from '../upload/upload.ts'

/** What a handler sees of a request: its meaning, and nothing of the web server. */
export interface PublicRequest {
  /** The request id, also in the answer's `X-Request-Id` and in the log. */
  readonly id: string
  /** The path as the client sent it, without the query. */
  readonly path: string
  /** Values of the route's `:parameters`, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Aborted once the answer is sent, or the client is gone. */
  readonly signal: AbortSignal
  /** A header by its name, in any case; null when it is not there. */
  header(name: string): string | null
  /**
   * The JSON body. Throws a Refusal: no JSON, too large, another media type.
   *
   * @param maxBytes that are taken, unpacked; 64 KiB unless given
   */
  json(maxBytes?: number): Promise<unknown>
  /** The body of an HTML form (`application/x-www-form-urlencoded`). Throws a Refusal as `json` does. */
  form(): Promise<URLSearchParams>
  /**
   * Receives a multipart form with one file part, `file`, and these fields; a field `name[]` is
   * the same as `name`. It returns when the form is whole and the file durable. Unless the upload
   * is kept, it is removed when the handler returns or throws.
   * Throws a Refusal, and leaves nothing behind: a field or file not expected, no file, too large,
   * a form that ends early, a full disk.
   */
  upload(fields: readonly string[]): Promise<Upload>
  /**
   * Receives a body that is a file as it is, under this key of the file store; its name is the
   * Content-Disposition's, else `data.csv` or `data.zip`. It returns when the file is durable. Unless it is kept,
   * it is removed when the handler returns or throws.
   * Throws a Refusal, and leaves nothing behind: too large, a content coding other than gzip, gzip
   * data that is damaged, a full disk.
   */
  data(key: string): Promise<ReceivedFile>
}

export interface ApiRequest extends PublicRequest {
  readonly caller: Caller
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Text, or bytes as they come; a stream is stopped when the client is gone. */
  readonly body: string | AsyncIterable<Uint8Array>
  /** The stream tells what happens now: the next piece is asked for only when the one before is on its way. */
  readonly isLive?: boolean
}

/** An answer of JSON. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}

/** `binary` and `text` are what no schema describes: a file, an event stream, a page. */
export type Content = Readonly<Record<string, z.ZodType | 'binary' | 'text'>>

/** What the API's description tells of a route. Its requests are read by the same schemas, and the tests check its answers by them. */
export interface RouteDescription {
  /** A few words. */
  readonly summary: string
  /** Sentences on what the summary, the parameters and the answers do not tell. */
  readonly details?: string
  /** One property a query parameter; what it makes of them is the handler's to ask for. */
  readonly query?: z.ZodObject
  /** Headers that mean something to this route, by their names. */
  readonly headers?: z.ZodObject
  /** Bodies it takes, by media type; it takes none where this is not given. */
  readonly body?: Content
  /** Answers by status, those of refusals left out: the dialect has one shape for these. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly content?: Content }>>
}

interface PublicRoute {
  readonly method: Method
  readonly path: string
  /** Null: anybody may ask. */
  readonly permission: null
  readonly description: RouteDescription
  readonly handler: (request: PublicRequest) => Promise<Answer>
}

interface GuardedRoute {
  readonly method: Method
  /** Under the dialect's base path, parameters written `:name`. */
  readonly path: string
  /** What the caller must be allowed; the dialect decides which scopes allow it. */
  readonly permission: string
  readonly description: RouteDescription
  readonly handler: (request: ApiRequest) => Promise<Answer>
}

export type Method = 'get' | 'post' | 'put' | 'delete'

export type Route = PublicRoute | GuardedRoute

/** An HTTP surface in somebody's vocabulary. */
export interface Dialect extends AuthorizationReading {
  /** A few words, by which the API's description groups the routes. */
  readonly title: string
  /** A sentence or two for the API's description. */
  readonly description: string
  /** Like `/api/v1`; every path under it is the dialect's, those that do not exist too. */
  readonly basePath: string
  readonly routes: readonly Route[]
  /** Whether scopes of a token give a route's permission. */
  permits(scopes: readonly string[], permission: string): boolean
  /** Tells a refusal in the dialect's words. The refusal's own headers are added to the answer's. */
  refuse(refusal: Refusal, request: Pick<PublicRequest, 'id' | 'path'>): Answer
  /** What `refuse` answers with. */
  readonly errors: Content
}
