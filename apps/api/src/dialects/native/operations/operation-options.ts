import type { OperationType } from '@muster/contracts'
import type { Pool } from '@muster/database'
import { quickEnrollmentOptions } from '@muster/operations'
import { parseOverwrite } from '../../../operations/enrollment-parameters.ts'
import { readFactorConfigs } from '../../../operations/factor-configs.ts'

type Fields = ReadonlyMap<string, readonly string[]>

const ENROLLMENT_FIELDS = ['factor_configs', 'overwrite_enrollment_data'] as const

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
