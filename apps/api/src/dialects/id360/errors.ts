import { z } from 'zod'
import type { Cause, Refusal, RefusalKind } from '../../refusal.ts'
import { type Answer, json } from '../route.ts'

/** The dialect's error codes with their titles and HTTP statuses, as published; 00000113 is ours. */
export const ID360_ERRORS = {
  '00000000': { title: 'Internal Server Error', status: 500 },
  '00000100': { title: 'Bad Request', status: 400 },
  '00000101': { title: 'Unauthorized', status: 401 },
  '00000102': { title: 'Unprocessable Content', status: 422 },
  '00000103': { title: 'Unsupported Media Type', status: 415 },
  '00000104': { title: 'Page Not Found', status: 404 },
  '00000105': { title: 'Unsupported HTTP Method', status: 405 },
  '00000106': { title: 'Forbidden', status: 403 },
  '00000107': { title: 'Invalid Parameter', status: 400 },
  '00000108': { title: 'Content Length is Required', status: 411 },
  '00000109': { title: 'Too Many Requests', status: 429 },
  '00000113': { title: 'Content Too Large', status: 413 },
  '00000114': { title: 'CSV_UPLOAD_FAILED', status: 400 },
} as const satisfies Readonly<Record<string, { title: string; status: number }>>

export type Id360ErrorCode = keyof typeof ID360_ERRORS

/** An error as the dialect tells it. */
export const ID360_ERROR = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(ID360_ERRORS)),
      title: z.string(),
      detail: z.string(),
      causes: z.array(z.object({ title: z.string(), detail: z.string() })).optional(),
    }),
  })
  .meta({ id: 'Id360Error' })

/** The code for each reason to refuse. What failed on this side (a full disk, say) is an internal error here. */
const CODES: Readonly<Record<RefusalKind, Id360ErrorCode>> = {
  'malformed-request': '00000100',
  'invalid-parameter': '00000107',
  'header-refused': '00000114',
  'archive-refused': '00000107',
  unauthenticated: '00000101',
  forbidden: '00000106',
  'not-found': '00000104',
  'method-not-allowed': '00000105',
  conflict: '00000102',
  gone: '00000104',
  'content-too-large': '00000113',
  'unsupported-media-type': '00000103',
  unprocessable: '00000102',
  'too-many-requests': '00000109',
  internal: '00000000',
  unavailable: '00000000',
  'insufficient-storage': '00000000',
}

/** What the vendor says of every header that does not fit; the causes tell more. */
const HEADER_REFUSED = "Selected CSV file's header is not consistent with this import option."

/** The answer for an error. `causes` is there when there are any. */
export function id360Error(code: Id360ErrorCode, detail: string, causes: readonly Cause[] = []): Answer {
  const { title, status } = ID360_ERRORS[code]
  return json(status, { error: { code, title, detail, ...(causes.length === 0 ? {} : { causes }) } })
}

/** A refusal in the dialect's words. */
export function id360Refusal(refusal: Refusal): Answer {
  const code = CODES[refusal.kind]
  const detail = refusal.kind === 'header-refused' ? HEADER_REFUSED : refusal.message
  return id360Error(code, detail, refusal.causes)
}
