import { z } from 'zod'
import { parametersRefused, Refusal } from '../../refusal.ts'
import type { PublicRequest } from '../route.ts'

/** A name that people give: 1 to 100 characters, surrounding space removed, no control characters. */
export const name = z
  .string('expected text')
  .trim()
  .min(1, 'expected at least one character')
  .max(100, 'expected at most 100 characters')
  .regex(/^\P{Cc}*$/u, 'expected no control characters')

/** The body as the schema reads it. Throws a Refusal that tells everything wrong with it. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw (
    parametersRefused(result.error.issues.flatMap(mistakesOf)) ??
    new Refusal('malformed-request', 'The body is not what is expected.')
  )
}

function mistakesOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return [`${path || 'the body'}: ${issue.message}.`]
  return issue.keys.map((key) => `${path && `${path}.`}${shownName(key)}: no such member; leave it out.`)
}

/** A name that a client made up, as it may be told back. */
export function shownName(name: string): string {
  return name.slice(0, 40).replace(/[^\w.[\]-]/g, '?')
}

/** Whether the request comes with a body, an empty one not counted when its length is told (RFC 9112, section 6.3). */
export function hasBody(request: Pick<PublicRequest, 'header'>): boolean {
  return request.header('Transfer-Encoding') !== null || Number(request.header('Content-Length') ?? 0) > 0
}
