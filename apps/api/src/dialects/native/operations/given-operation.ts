import { ENCODINGS, isOperationType, OPERATION_TYPES, parseDelimiter, parseEncoding } from '@muster/contracts'
import { z } from 'zod'
import { parseBody } from '../request-body.ts'
import { LONGEST_NAME } from './operation-form.ts'
import { anObject, OPTIONS } from './operation-options.ts'

const TERMS = {
  name: z
    .string('expected text')
    .trim()
    .max(LONGEST_NAME, `expected at most ${LONGEST_NAME} characters`)
    .regex(/^\P{Cc}*$/u, 'expected no control characters')
    .optional()
    .describe("For people; the type's title unless given."),
  start: z
    .boolean('expected true or false')
    .optional()
    .describe('Whether it is scheduled as soon as its data is complete; true unless given.'),
} as const

/** What may be said of a CSV to come. */
const CSV_TERMS = {
  encoding: z
    .string('expected text')
    .refine((text) => parseEncoding(text) !== null, `expected one of ${ENCODINGS.join(', ')}`)
    .optional()
    .meta({ examples: [...ENCODINGS] })
    .describe("That of the data to come; the data's own charset, else UTF-8, unless given."),
  delimiter: z
    .string('expected text')
    .refine((text) => parseDelimiter(text) !== null, 'expected one of , ; | and tab')
    .optional()
    .describe('`,`, `;`, `|` or `tab`; found from the header unless given.'),
} as const

/** Ids of one request. */
const MOST_IDS = 10_000

/** What may be given of a list of ids. */
const IDS_TERMS = {
  ids: z
    .array(z.string('expected text'), 'expected an array of ids')
    .min(1, 'expected at least one id')
    .max(MOST_IDS, `expected at most ${MOST_IDS} ids; send more as a CSV with a column id`)
    .optional()
    .describe('The rows; without them, the operation awaits a CSV with a column `id`.'),
} as const

/** An operation with a list of ids, or one whose data is to come, as a client asks for it. */
export const GIVEN_OPERATION = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('IMPORT_USERS'),
    ...TERMS,
    ...CSV_TERMS,
    options: OPTIONS.IMPORT_USERS.prefault({}),
  }),
  z.strictObject({ type: z.literal('QUICK_ENROLLMENT'), ...TERMS, ...CSV_TERMS, options: OPTIONS.QUICK_ENROLLMENT }),
  z.strictObject({ type: z.literal('SMART_CARD_ENROLLMENT'), ...TERMS, options: OPTIONS.SMART_CARD_ENROLLMENT }),
  z.strictObject({
    type: z.literal('SEND_MFP'),
    ...TERMS,
    ...CSV_TERMS,
    ...IDS_TERMS,
    options: OPTIONS.SEND_MFP.prefault({}),
  }),
  z.strictObject({
    type: z.literal('REVOKE_MFP'),
    ...TERMS,
    ...CSV_TERMS,
    ...IDS_TERMS,
    options: OPTIONS.REVOKE_MFP.prefault({}),
  }),
  z.strictObject({
    type: z.literal('PRINT_ENROLLMENTS'),
    ...TERMS,
    ...CSV_TERMS,
    ...IDS_TERMS,
    options: OPTIONS.PRINT_ENROLLMENTS,
  }),
])

export type GivenOperation = z.infer<typeof GIVEN_OPERATION>

// For what has no type, so that everything else that is wrong with it is told too.
const TYPELESS = z.strictObject(
  {
    type: z.enum(OPERATION_TYPES, `expected one of ${OPERATION_TYPES.join(', ')}`),
    ...TERMS,
    ...CSV_TERMS,
    ...IDS_TERMS,
    options: z.unknown().optional(),
  },
  anObject,
)

/** Throws a Refusal that tells everything wrong with it. */
export function readGivenOperation(body: unknown): GivenOperation {
  const hasType = typeof body === 'object' && body !== null && 'type' in body && isOperationType(body.type)
  if (!hasType) parseBody(TYPELESS, body)
  return parseBody(GIVEN_OPERATION, body)
}
