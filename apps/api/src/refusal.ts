/**
 * The one catalogue of reasons for which a request is refused. A dialect gives each its own code or
 * shape; statuses are those of RFC 9110, or of RFC 4918 for a full disk.
 */
export const REFUSALS = {
  'malformed-request': { status: 400, title: 'Malformed request' },
  'invalid-parameter': { status: 400, title: 'Invalid parameter' },
  'header-refused': { status: 400, title: "The file's header does not fit" },
  'archive-refused': { status: 400, title: 'The archive cannot be used' },
  unauthenticated: { status: 401, title: 'Unauthenticated' },
  forbidden: { status: 403, title: 'Forbidden' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  gone: { status: 410, title: 'Gone' },
  'content-too-large': { status: 413, title: 'Content too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  unprocessable: { status: 422, title: 'Unprocessable content' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Unavailable' },
  'insufficient-storage': { status: 507, title: 'Insufficient storage' },
} as const

export type RefusalKind = keyof typeof REFUSALS

/** One of several things wrong with a request. */
export interface Cause {
  /** A fixed word in capitals, like `MISSING_COLUMNS` or `INVALID_PARAMETER`. */
  readonly title: string
  /** A sentence that says what to do; it may name columns and parameters, never a cell. */
  readonly detail: string
}

interface RefusalOptions {
  readonly causes?: readonly Cause[]
  /** Headers the answer must have, like `Allow`. */
  readonly headers?: Readonly<Record<string, string>>
  /** What a program may want to know of it, by names; without personal data. */
  readonly members?: Readonly<Record<string, string | number | boolean>>
}

/** A request that is not carried out, and why. Nothing of it stays behind. */
export class Refusal extends Error {
  readonly kind: RefusalKind
  readonly causes: readonly Cause[]
  readonly headers: Readonly<Record<string, string>>
  readonly members: Readonly<Record<string, string | number | boolean>>

  /** @param detail a sentence for the caller that says what to do next, without personal data */
  constructor(kind: RefusalKind, detail: string, options: RefusalOptions = {}) {
    super(detail)
    this.name = 'Refusal'
    this.kind = kind
    this.causes = options.causes ?? []
    this.headers = options.headers ?? {}
    this.members = options.members ?? {}
  }

  get status(): number {
    return REFUSALS[this.kind].status
  }

  get title(): string {
    return REFUSALS[this.kind].title
  }
}

/** Everything wrong with a request's parameters, told together; null when nothing is. */
export function parametersRefused(mistakes: readonly string[]): Refusal | null {
  if (mistakes.length === 0) return null
  const causes = mistakes.map((detail) => ({ title: 'INVALID_PARAMETER', detail }))
  return new Refusal('invalid-parameter', mistakes.join(' '), { causes })
}
