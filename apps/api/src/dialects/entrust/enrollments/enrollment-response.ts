import { encodeEnrollmentId } from '@muster/contracts'
import type { StoredDesign, ToldRecord } from '@muster/database'
import { z } from 'zod'

/** What became of a record, or a record. */
export const ENROLLMENT_RESPONSE = z
  .object({
    id: z.string().optional().describe('As it was asked for; of a record that was not made, there is none.'),
    status: z.enum(['Success', 'Failure']),
    error: z.string().optional().describe('A sentence for each thing that is wrong; it has no values.'),
    fields: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .optional()
      .describe("Where records are read: those that have a value, in the design's order."),
  })
  .meta({ id: 'EnrollmentResponse' })

export type EnrollmentResponse = z.infer<typeof ENROLLMENT_RESPONSE>

/** What a record is told as that there is not, or that is another tenant's. */
export const NO_RECORD = 'The record does not exist'

/** A record, read. */
export function recordResponse({ workflowId }: StoredDesign, { recordId, fields }: ToldRecord): EnrollmentResponse {
  return { id: encodeEnrollmentId({ workflowId, key: recordId }), status: 'Success', fields: [...fields] }
}

/** @param id null: of a record that was not made */
export function failure(id: string | null, error: string): EnrollmentResponse {
  return id === null ? { status: 'Failure', error } : { id, status: 'Failure', error }
}

/** The sentence for values that another record has. */
export function taken(fields: readonly string[]): string {
  return fields.map((name) => `${name}: another record has this value already.`).join(' ')
}
