import { z } from 'zod'
import { parametersRefused, Refusal } from '../../../refusal.ts'
import type { ApiRequest } from '../../route.ts'

/** Bytes of a body. */
const MOST_BYTES = 5 * 1024 * 1024

/** Records, or ids, of a request. */
const MOST_RECORDS = 1_000

/** Fields of a record as it is given; a design has 100 at most. */
const MOST_FIELDS = 200

/** Mistakes that are told; the rest is counted. */
const TOLD = 20

/** What the limits are, for the API's description. */
export const LIMITS = 'At most 1,000 records in 5 MiB; an image has 1 MiB at most, a text 1,024 characters.'

const array = <S extends z.ZodType>(of: S, most: number) => {
  const expected = `expected an array of at most ${most}`
  return z.array(of, expected).max(most, expected)
}

const FIELD = z.object(
  {
    name: z.string('expected the name of a field'),
    value: z.unknown().optional().describe('Text, or a number; null, nothing, or spaces alone for no value.'),
  },
  'expected an object with name and value',
)

export const FIELDS = array(FIELD, MOST_FIELDS)

const expected = 'expected at least one'

export const NEW_RECORDS = array(z.object({ fields: FIELDS }, 'expected an object with fields'), MOST_RECORDS).min(
  1,
  expected,
)

export const CHANGED_RECORDS = array(
  z.object({ id: z.string('expected text'), fields: FIELDS }, 'expected an object with id and fields'),
  MOST_RECORDS,
).min(1, expected)

export const IDS = z.object(
  { ids: array(z.string('expected text'), MOST_RECORDS).min(1, expected) },
  'expected an object with ids',
)

/** The body as the schema reads it. Throws a Refusal that tells what is wrong with it. */
export async function readBody<S extends z.ZodType>(schema: S, request: ApiRequest): Promise<z.infer<S>> {
  const body = await request.json(MOST_BYTES)
  // Mistakes cost more memory than what they are in: millions of entries are not looked at one by one.
  if (isTooLong(body)) {
    throw new Refusal(
      'invalid-parameter',
      `The body: expected ${MOST_RECORDS} records of ${MOST_FIELDS} fields at most.`,
    )
  }
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const { issues } = result.error
  const told = issues.slice(0, TOLD).map(({ path, message }) => `${path.join('.') || 'The body'}: ${message}.`)
  const more = issues.length > TOLD ? [`There are ${issues.length - TOLD} more mistakes.`] : []
  throw parametersRefused([...told, ...more]) ?? new Refusal('malformed-request', 'The body is not what is expected.')
}

function isTooLong(body: unknown): boolean {
  const list = Array.isArray(body) ? body : membersOf(body).flatMap((each) => (Array.isArray(each) ? [each] : []))[0]
  if (list === undefined) return false
  if (list.length > MOST_RECORDS) return true
  return list.some((record: unknown) =>
    membersOf(record).some((each) => Array.isArray(each) && each.length > MOST_FIELDS),
  )
}

function membersOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}
