import { isOperationType, type OperationType } from '@muster/contracts'
import { listFactorConfigs, type Pool } from '@muster/database'
import { isEnrolledByCsv, type QuickEnrollmentOptions } from '@muster/operations'
import { z } from 'zod'
import { readFactorConfigs } from '../../../operations/factor-configs.ts'
import { parametersRefused, Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { ApiRequest } from '../../route.ts'
import { readQuery } from '../read-query.ts'

const NONE = z.object({})

/** What may be asked of a type whose columns depend on its options. */
export const TYPE_QUERY = z.object({
  factorConfigs: z
    .string()
    .optional()
    .describe(
      'For QUICK_ENROLLMENT: ids of factor configs, separated by commas; all in which users can be enrolled by CSV where it is left out.',
    ),
})

/** The type that the path names, and options of it as the query has them. Throws a Refusal: no such type, a wrong query. */
export async function typeWithOptions(
  { pool }: Services,
  { params, query, caller }: ApiRequest,
): Promise<{ type: OperationType; options: unknown }> {
  const { type } = params
  if (!isOperationType(type))
    throw new Refusal('not-found', 'There is no such operation type; GET /v1/operation-types lists those there are.')
  switch (type) {
    case 'IMPORT_USERS':
      readQuery(NONE, query)
      return { type, options: null }
    case 'QUICK_ENROLLMENT': {
      const { factorConfigs } = readQuery(TYPE_QUERY, query)
      return { type, options: await enrollmentOptions(pool, caller.tenantId, factorConfigs) }
    }
  }
}

/** Options that a type has where nothing is said of them. */
export async function defaultOptions({ pool }: Services, tenantId: number, type: OperationType): Promise<unknown> {
  return type === 'QUICK_ENROLLMENT' ? await enrollmentOptions(pool, tenantId, undefined) : null
}

async function enrollmentOptions(
  pool: Pool,
  tenantId: number,
  ids: string | undefined,
): Promise<QuickEnrollmentOptions> {
  if (ids === undefined) {
    const factorConfigs = (await listFactorConfigs(pool, tenantId)).filter(isEnrolledByCsv)
    return { factorConfigs, overwrite: false }
  }
  const mistakes: string[] = []
  const factorConfigs = await readFactorConfigs(pool, tenantId, [ids], mistakes, 'factorConfigs')
  const refused = parametersRefused(mistakes)
  if (refused !== null) throw refused
  return { factorConfigs, overwrite: false }
}
