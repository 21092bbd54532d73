import { CERTIFICATE_FILENAME_PATTERNS, OPERATION_TYPES, type OperationType } from '@muster/contracts'
import type { OperationRecord, Pool } from '@muster/database'
import {
  type PrintEnrollmentsOptions,
  type QuickEnrollmentOptions,
  quickEnrollmentOptions,
  type SmartCardEnrollmentOptions,
  smartCardEnrollmentOptions,
} from '@muster/operations'
import { z } from 'zod'
import { parseFilenamePattern, parseOverwrite } from '../../../operations/enrollment-parameters.ts'
import { readFactorConfigs } from '../../../operations/factor-configs.ts'
import { EXCEPTION_MESSAGE, FIRST_HOPPER, HOPPER } from '../../../operations/print-terms.ts'
import { PRINTING, printFields, printOptions } from './printing-options.ts'

type Fields = ReadonlyMap<string, readonly string[]>

/** The form fields that each type's options come from. */
const FIELDS: { readonly [T in OperationType]: readonly string[] } = {
  IMPORT_USERS: [],
  QUICK_ENROLLMENT: ['factor_configs', 'overwrite_enrollment_data'],
  SMART_CARD_ENROLLMENT: ['factor_configs', 'overwrite_enrollment_data', 'certificate_filename_pattern'],
  SEND_MFP: [],
  REVOKE_MFP: [],
  PRINT_ENROLLMENTS: ['printer', 'hopper', 'exception_message'],
}

/** All of them. */
export const OPTION_FIELDS = [...new Set(Object.values(FIELDS).flat())]

const maxFailedRows = z
  .int('expected a whole number from 0')
  .min(0, 'expected a whole number from 0')
  .nullable()
  .describe('More failed rows than that end the operation; null for no limit.')
const maxFailedRatio = z
  .number('expected a number from 0 to 1')
  .min(0, 'expected a number from 0 to 1')
  .max(1, 'expected a number from 0 to 1')
  .nullable()
  .describe('A greater part of the rows that failed ends the operation, once 1,000 are done; null for no limit.')

/** The failure policy, which every type has. */
export const POLICY = { maxFailedRows, maxFailedRatio } as const

const policy = { maxFailedRows: maxFailedRows.optional(), maxFailedRatio: maxFailedRatio.optional() }
const factorConfigId = z
  .union([z.string().regex(/^\d{1,18}$/), z.int().min(0)], 'expected the id of a factor config')
  .describe('Decimal digits, as a string or a number.')

const enrollment = {
  factorConfigs: z
    .array(factorConfigId, 'expected an array of ids')
    .min(1, 'expected at least one id')
    .max(1_000, 'expected at most 1000 ids')
    .describe('What to enroll in.'),
  overwriteEnrollmentData: z
    .boolean('expected true or false')
    .optional()
    .describe('Whether to enroll anew who is enrolled already; false unless given.'),
}

/** What the names of certificates' files say of their users. */
export const FILENAME_PATTERN = z.enum(
  CERTIFICATE_FILENAME_PATTERNS,
  `expected one of ${CERTIFICATE_FILENAME_PATTERNS.join(', ')}`,
)

/** What to say of no object; of members that it does not have, zod says it. */
export const anObject = {
  error: ({ code }: { readonly code?: string | undefined }) =>
    code === 'invalid_type' ? 'expected an object' : undefined,
}

/** The options of each operation type, as a client gives them in JSON. */
export const OPTIONS = {
  IMPORT_USERS: z.strictObject(policy, anObject),
  QUICK_ENROLLMENT: z.strictObject({ ...enrollment, ...policy }, anObject),
  SMART_CARD_ENROLLMENT: z.strictObject(
    {
      ...enrollment,
      certificateFilenamePattern: FILENAME_PATTERN.describe(
        "What the names of the certificates' files say of their users.",
      ),
      ...policy,
    },
    anObject,
  ),
  SEND_MFP: z.strictObject(policy, anObject),
  REVOKE_MFP: z.strictObject(policy, anObject),
  PRINT_ENROLLMENTS: z.strictObject({ ...PRINTING, ...policy }, anObject),
} as const satisfies { readonly [T in OperationType]: z.ZodObject }

type GivenOptions = { [T in OperationType]: { readonly type: T; readonly options: z.infer<(typeof OPTIONS)[T]> } }

/** The options of an operation, as they are stored, from those given in JSON. What is wrong goes into `mistakes`. */
export async function readGivenOptions(
  pool: Pool,
  tenantId: number,
  { type, options }: GivenOptions[OperationType],
  mistakes: string[],
): Promise<unknown> {
  if (type === 'IMPORT_USERS' || type === 'SEND_MFP' || type === 'REVOKE_MFP') return null
  if (type === 'PRINT_ENROLLMENTS') {
    const { printer, hopper = FIRST_HOPPER, exceptionMessage = null } = options
    return printOptions(pool, tenantId, { printer, hopper, exceptionMessage }, 'options.printer', mistakes)
  }
  const { factorConfigs, overwriteEnrollmentData: overwrite = false } = options
  const before = mistakes.length
  const naming = { type, parameter: 'options.factorConfigs' }
  const configs = await readFactorConfigs(pool, tenantId, factorConfigs.map(String), naming, mistakes)
  if (mistakes.length > before) return null
  return type === 'QUICK_ENROLLMENT'
    ? quickEnrollmentOptions(configs, overwrite)
    : smartCardEnrollmentOptions(configs, { overwrite, pattern: options.certificateFilenamePattern })
}

/** The options of an operation from the fields that its type has. What is wrong, all of it, goes into `mistakes`. */
export async function readOptions(
  pool: Pool,
  tenantId: number,
  type: OperationType,
  fields: Fields,
  mistakes: string[],
): Promise<unknown> {
  const before = mistakes.length
  const valuesOf = (name: string) => fields.get(name) ?? []
  refuseOthers(type, fields, mistakes)
  if (type === 'IMPORT_USERS' || type === 'SEND_MFP' || type === 'REVOKE_MFP') return null
  if (type === 'PRINT_ENROLLMENTS')
    return printOptions(pool, tenantId, printFields(valuesOf, mistakes), 'printer', mistakes)
  const configs = await readFactorConfigs(pool, tenantId, valuesOf('factor_configs'), { type }, mistakes)
  const overwrite = parseOverwrite(valuesOf('overwrite_enrollment_data'), mistakes)
  const isSmartCard = type === 'SMART_CARD_ENROLLMENT'
  const pattern = isSmartCard ? parseFilenamePattern(valuesOf('certificate_filename_pattern'), mistakes) : null
  if (mistakes.length > before) return null
  return pattern === null
    ? quickEnrollmentOptions(configs, overwrite)
    : smartCardEnrollmentOptions(configs, { overwrite, pattern })
}

/** Fields of other types. */
function refuseOthers(type: OperationType, fields: Fields, mistakes: string[]): void {
  for (const name of OPTION_FIELDS) {
    if (!fields.has(name) || FIELDS[type].includes(name)) continue
    const types = OPERATION_TYPES.filter((each) => FIELDS[each].includes(name))
    mistakes.push(`${name} is for ${types.join(' and ')}; leave it out for ${type}.`)
  }
}

/** Options as an operation shows them, those of other types left out. */
export const SHOWN_OPTIONS = z.object({
  factorConfigs: z.array(z.string()).optional().describe('What an enrollment enrolls in.'),
  overwriteEnrollmentData: z
    .boolean()
    .optional()
    .describe('Whether an enrollment enrolls anew who is enrolled already.'),
  certificateFilenamePattern: FILENAME_PATTERN.optional().describe(
    "What the names of the certificates' files say of their users.",
  ),
  printer: z.string().optional().describe('The name that the printer had.'),
  hopper: HOPPER.optional(),
  exceptionMessage: EXCEPTION_MESSAGE.nullable().optional(),
  ...POLICY,
})

export function optionsJson({ type, options, policy }: OperationRecord): z.infer<typeof SHOWN_OPTIONS> {
  switch (type) {
    case 'IMPORT_USERS':
    case 'SEND_MFP':
    case 'REVOKE_MFP':
      return policy
    case 'PRINT_ENROLLMENTS': {
      const { printer, hopper, exceptionMessage } = options as PrintEnrollmentsOptions
      return { printer: printer.name, hopper, exceptionMessage, ...policy }
    }
    case 'QUICK_ENROLLMENT':
      return { ...enrollmentJson(options as QuickEnrollmentOptions), ...policy }
    case 'SMART_CARD_ENROLLMENT': {
      const stored = options as SmartCardEnrollmentOptions
      return { ...enrollmentJson(stored), certificateFilenamePattern: stored.pattern, ...policy }
    }
  }
}

function enrollmentJson({ factorConfigs, overwrite }: QuickEnrollmentOptions | SmartCardEnrollmentOptions) {
  return { factorConfigs: factorConfigs.map(({ id }) => id), overwriteEnrollmentData: overwrite }
}
