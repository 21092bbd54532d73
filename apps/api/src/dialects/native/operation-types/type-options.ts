import { type FactorConfig, isOperationType, type OperationType } from '@muster/contracts'
import { listFactorConfigs, type Pool } from '@muster/database'
import type { QuickEnrollmentOptions, SmartCardEnrollmentOptions } from '@muster/operations'
import { z } from 'zod'
import { type EnrollmentType, isEnrolledBy, readFactorConfigs } from '../../../operations/factor-configs.ts'
import { parametersRefused, Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { ApiRequest } from '../../route.ts'
import { FILENAME_PATTERN } from '../operations/operation-options.ts'
import { readQuery } from '../read-query.ts'

/** What may be asked of a type whose columns depend on its options. */
export const TYPE_QUERY = z.object({
  factorConfigs: z
    .string()
    .optional()
    .describe(
      'For enrollments: ids of factor configs, separated by commas; all in which users can be enrolled so where it is left out.',
    ),
  certificateFilenamePattern: FILENAME_PATTERN.optional().describe(
    'For SMART_CARD_ENROLLMENT, on which the names of files depend; `Primary Email` unless given.',
  ),
})

/** What of it means something to each type. */
const QUERIES = {
  IMPORT_USERS: TYPE_QUERY.pick({}),
  QUICK_ENROLLMENT: TYPE_QUERY.pick({ factorConfigs: true }),
  SMART_CARD_ENROLLMENT: TYPE_QUERY,
  SEND_MFP: TYPE_QUERY.pick({}),
  REVOKE_MFP: TYPE_QUERY.pick({}),
  PRINT_ENROLLMENTS: TYPE_QUERY.pick({}),
} as const satisfies { readonly [T in OperationType]: z.ZodObject }

/** The type that the path names, and options of it as the query has them. Throws a Refusal: no such type, a wrong query. */
export async function typeWithOptions(
  { pool }: Services,
  { params, query, caller }: ApiRequest,
): Promise<{ type: OperationType; options: unknown }> {
  const { type } = params
  if (!isOperationType(type))
    throw new Refusal('not-found', 'There is no such operation type; GET /v1/operation-types lists those there are.')
  return { type, options: await optionsOf(pool, caller.tenantId, type, readQuery(QUERIES[type], query)) }
}

/** Options that a type has where nothing is said of them. */
export async function defaultOptions({ pool }: Services, tenantId: number, type: OperationType): Promise<unknown> {
  return optionsOf(pool, tenantId, type, {})
}

async function optionsOf(
  pool: Pool,
  tenantId: number,
  type: OperationType,
  { factorConfigs: ids, certificateFilenamePattern: pattern = 'Primary Email' }: z.infer<typeof TYPE_QUERY>,
): Promise<QuickEnrollmentOptions | SmartCardEnrollmentOptions | null> {
  if (type !== 'QUICK_ENROLLMENT' && type !== 'SMART_CARD_ENROLLMENT') return null
  const factorConfigs = await configsOf(pool, tenantId, type, ids)
  const options = { factorConfigs, overwrite: false }
  return type === 'QUICK_ENROLLMENT' ? options : { ...options, pattern }
}

async function configsOf(
  pool: Pool,
  tenantId: number,
  type: EnrollmentType,
  ids: string | undefined,
): Promise<readonly FactorConfig[]> {
  if (ids === undefined) {
    return (await listFactorConfigs(pool, tenantId)).filter((config) => isEnrolledBy(type, config))
  }
  const mistakes: string[] = []
  const configs = await readFactorConfigs(pool, tenantId, [ids], { type, parameter: 'factorConfigs' }, mistakes)
  const refused = parametersRefused(mistakes)
  if (refused !== null) throw refused
  return configs
}
