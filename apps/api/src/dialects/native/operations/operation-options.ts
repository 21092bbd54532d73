import type { OperationType } from '@muster/contracts'
import type { OperationRecord, Pool } from '@muster/database'
import { type QuickEnrollmentOptions, quickEnrollmentOptions } from '@muster/operations'
import { z } from 'zod'
import { parseOverwrite } from '../../../operations/enrollment-parameters.ts'
import { readFactorConfigs } from '../../../operations/factor-configs.ts'

type Fields = ReadonlyMap<string, readonly string[]>

const ENROLLMENT_FIELDS = ['factor_configs', 'overwrite_enrollment_data'] as const

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

/** What to say of no object; of members that it does not have, zod says it. */
export const anObject = {
  error: ({ code }: { readonly code?: string | undefined }) =>
    code === 'invalid_type' ? 'expected an object' : undefined,
}

/** The options of each operation type, as a client gives them in JSON. */
export const OPTIONS = {
  IMPORT_USERS: z.strictObject(policy, anObject),
  QUICK_ENROLLMENT: z.strictObject(
    {
      factorConfigs: z
        .array(factorConfigId, 'expected an array of ids')
        .min(1, 'expected at least one id')
        .max(1_000, 'expected at most 1000 ids')
        .describe('What to enroll in.'),
      overwriteEnrollmentData: z
        .boolean('expected true or false')
        .optional()
        .describe('Whether to enroll anew who is enrolled already; false unless given.'),
      ...policy,
    },
    anObject,
  ),
} as const satisfies { readonly [T in OperationType]: z.ZodObject }

type GivenOptions = { [T in OperationType]: { readonly type: T; readonly options: z.infer<(typeof OPTIONS)[T]> } }

/** The options of an operation, as they are stored, from those given in JSON. What is wrong goes into `mistakes`. */
export async function readGivenOptions(
  pool: Pool,
  tenantId: number,
  { type, options }: GivenOptions[OperationType],
  mistakes: string[],
): Promise<unknown> {
  switch (type) {
    case 'IMPORT_USERS':
      return null
    case 'QUICK_ENROLLMENT': {
      const { factorConfigs, overwriteEnrollmentData: overwrite = false } = options
      const before = mistakes.length
      const ids = factorConfigs.map(String)
      const configs = await readFactorConfigs(pool, tenantId, ids, mistakes, 'options.factorConfigs')
      return mistakes.length > before ? null : quickEnrollmentOptions(configs, overwrite)
    }
  }
}

/** The options of an operation from the fields that its type has. What is wrong, all of it, goes into `mistakes`. */
export async function readOptions(
  pool: Pool,
  tenantId: number,
  type: OperationType,
  fields: Fields,
  mistakes: string[],
): Promise<unknown> {
  switch (type) {
    case 'IMPORT_USERS':
      for (const name of ENROLLMENT_FIELDS) {
        if (fields.has(name)) mistakes.push(`${name} is for QUICK_ENROLLMENT; leave it out for ${type}.`)
      }
      return null
    case 'QUICK_ENROLLMENT': {
      const before = mistakes.length
      const configs = await readFactorConfigs(pool, tenantId, fields.get('factor_configs') ?? [], mistakes)
      const overwrite = parseOverwrite(fields.get('overwrite_enrollment_data') ?? [], mistakes)
      return mistakes.length > before ? null : quickEnrollmentOptions(configs, overwrite)
    }
  }
}

/** Options as an operation shows them, those of other types left out. */
export const SHOWN_OPTIONS = z.object({
  factorConfigs: z.array(z.string()).optional().describe('What a quick enrollment enrolls in.'),
  overwriteEnrollmentData: z
    .boolean()
    .optional()
    .describe('Whether a quick enrollment enrolls anew who is enrolled already.'),
  ...POLICY,
})

export function optionsJson({ type, options, policy }: OperationRecord): z.infer<typeof SHOWN_OPTIONS> {
  if (type !== 'QUICK_ENROLLMENT') return policy
  const { factorConfigs, overwrite } = options as QuickEnrollmentOptions
  return { factorConfigs: factorConfigs.map(({ id }) => id), overwriteEnrollmentData: overwrite, ...policy }
}
