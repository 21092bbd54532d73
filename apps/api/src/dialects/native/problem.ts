import type { Refusal } from '../../refusal.ts'
import type { Answer } from '../route.ts'

/** A refusal as problem details: RFC 9457. `type` is a URN, as the page that explains it is not at a fixed address. */
export function problem(refusal: Refusal, request: { id: string; path: string }): Answer {
  const body = {
    type: `urn:muster:problem:${refusal.kind}`,
    title: refusal.title,
    status: refusal.status,
    detail: refusal.message,
    instance: request.path,
    requestId: request.id,
    ...(refusal.causes.length === 0 ? {} : { causes: refusal.causes }),
  }
  return {
    status: refusal.status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}
