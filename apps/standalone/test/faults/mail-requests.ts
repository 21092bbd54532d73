import { z } from 'zod'
import type { Access } from './requests.ts'

const CREATED = z.array(z.object({ id: z.string(), status: z.literal('Success') }))
const OPERATION = z.object({ id: z.string(), state: z.string(), rowsProcessed: z.number(), rowsFailed: z.number() })
const LOG = z.array(
  z.object({
    row: z.number(),
    id: z.string(),
    outcome: z.enum(['succeeded', 'unchanged', 'failed', 'unprocessed']),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
)

/** A field of an enrollment, as it is given. */
export interface GivenField {
  readonly name: string
  readonly value: string
}

export type PassesOperation = z.infer<typeof OPERATION>

/** What became of a row, as its operation's log has it. */
export type LogEntry = z.infer<typeof LOG>[number]

/** Makes enrollments of the design that every tenant has; answers their ids, in order. */
export async function createEnrollments(
  access: Access,
  records: readonly (readonly GivenField[])[],
): Promise<readonly string[]> {
  const body = records.map((fields) => ({ fields }))
  const created = CREATED.parse(await asked(access, 'POST', '/v2/enrollments/Employee%20Badge', body))
  return created.map(({ id }) => id)
}

/** Asks for mobile flash passes; answers the operation's id. */
export async function sendPasses(access: Access, ids: readonly string[]): Promise<string> {
  return OPERATION.parse(await asked(access, 'POST', '/v2/mobileFlashPass', { ids })).id
}

export async function passesOperation(access: Access, id: string): Promise<PassesOperation> {
  return OPERATION.parse(await asked(access, 'GET', `/v1/mobileFlashPass/${id}`))
}

export async function cancelPasses(access: Access, id: string): Promise<void> {
  await asked(access, 'DELETE', `/v1/mobileFlashPass/cancel/${id}`)
}

export async function passesLog(access: Access, id: string): Promise<readonly LogEntry[]> {
  return LOG.parse(await asked(access, 'GET', `/v2/mobileFlashPass/download/logs/${id}`))
}

/** The answer's JSON; null when it has no body. Throws when it is no success. */
async function asked({ api, token }: Access, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${api}/api/web${path}`, {
    method,
    // As clients of this dialect do, without a scheme.
    headers: { Authorization: token, Accept: 'application/json', 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const told = await answer.text()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${told}`)
  return told === '' ? null : JSON.parse(told)
}
