import { DuplicateData } from '@muster/database'
import { Refusal } from '../refusal.ts'

/** What to throw instead of `DuplicateData`: a Refusal that links the earlier operation. Other errors stay what they are. */
export function duplicateRefused(error: unknown): unknown {
  if (!(error instanceof DuplicateData)) return error
  const operation = `/v1/operations/${error.earlierId}`
  return new Refusal(
    'conflict',
    `The same file was sent for an operation of the same type and options before: ${operation}. Send it with the query parameter duplicate=allow if that is meant.`,
    { headers: { Link: `<${operation}>; rel="duplicate"` }, members: { operation } },
  )
}
