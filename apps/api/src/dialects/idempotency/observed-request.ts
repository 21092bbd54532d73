import { createHash } from 'node:crypto'
import type { Upload } from '../../upload/upload.ts'
import type { ApiRequest } from '../route.ts'

/** Told what a request asks for, in a hash, as soon as that is known; what it throws, the reading of the body throws. */
export type OnFingerprint = (fingerprint: string) => Promise<void>

/**
 * The request, with an ear to its body: when a handler has read it, and before the handler goes on,
 * `onFingerprint` is told what the request asks for. Of a form this is its fields and its file's content: how
 * it was cut into parts and sent makes no difference.
 */
export function observedRequest(request: ApiRequest, onFingerprint: OnFingerprint): ApiRequest {
  const tell = async <T>(body: T, meaning: unknown): Promise<T> => {
    await onFingerprint(fingerprintOf(request, meaning))
    return body
  }
  const { id, path, params, query, signal, caller } = request
  return {
    id,
    path,
    params,
    query,
    signal,
    caller,
    header: (name) => request.header(name),
    async json(maxBytes) {
      const body = await request.json(maxBytes)
      return tell(body, ['json', body])
    },
    async form() {
      const body = await request.form()
      return tell(body, ['form', body.toString()])
    },
    async upload(fields) {
      const upload = await request.upload(fields)
      return tell(upload, ['upload', ...partsOf(upload)])
    },
    async data(key) {
      const file = await request.data(key)
      return tell(file, ['data', file.sha256])
    },
  }
}

/** What a request without a body asks for. */
export function bodilessFingerprint(request: ApiRequest): string {
  return fingerprintOf(request, null)
}

// A handler sees values of one field in their order, but not how fields are mixed.
function partsOf({ fields, sha256 }: Upload): unknown[] {
  return [[...fields].sort(([a], [b]) => (a < b ? -1 : 1)), sha256]
}

/** SHA-256, hexadecimal: it is kept for a day, and need not tell what was in the body. */
function fingerprintOf({ path, query }: ApiRequest, meaning: unknown): string {
  const text = JSON.stringify(['POST', path, query.toString(), meaning])
  return createHash('sha256').update(text).digest('hex')
}
