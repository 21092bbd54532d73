import type { FactorConfig, OperationType } from '@muster/contracts'
import { findFactorConfigs, type Pool } from '@muster/database'
import { isEnrolledByCsv, isEnrolledBySmartCard } from '@muster/operations'
import { parseFactorConfigIds } from './factor-config-ids.ts'

const SHOWN = 40

export type EnrollmentType = Extract<OperationType, 'QUICK_ENROLLMENT' | 'SMART_CARD_ENROLLMENT'>

interface Enrollment {
  /** What users are enrolled by. */
  readonly by: string
  fits(config: FactorConfig): boolean
}

const ENROLLMENTS: { readonly [T in EnrollmentType]: Enrollment } = {
  QUICK_ENROLLMENT: { by: 'CSV', fits: isEnrolledByCsv },
  SMART_CARD_ENROLLMENT: { by: 'smart card', fits: isEnrolledBySmartCard },
}

/** True when an operation of this type can enroll users in the factor. */
export function isEnrolledBy(type: EnrollmentType, config: FactorConfig): boolean {
  return ENROLLMENTS[type].fits(config)
}

/** How a request names factor configs. */
export interface FactorConfigNaming {
  /** What is to enroll in them. */
  readonly type: EnrollmentType
  /** The parameter; `factor_configs` unless given. */
  readonly parameter?: string
  /** What the dialect has for each type; the type's own name unless given. */
  readonly ways?: Readonly<Record<EnrollmentType, string>>
}

/**
 * The tenant's factor configs that these values name. What is wrong with them, all of it, goes into
 * `mistakes`; the configs are of use only when nothing was added there.
 */
export async function readFactorConfigs(
  pool: Pool,
  tenantId: number,
  values: readonly string[],
  naming: FactorConfigNaming,
  mistakes: string[],
): Promise<readonly FactorConfig[]> {
  const { type, parameter = 'factor_configs' } = naming
  const { ids, refused } = parseFactorConfigIds(values)
  if (ids.length === 0 && refused.length === 0) {
    mistakes.push(`${parameter} is missing; give the ids of the factor configs to enroll in.`)
  }
  for (const text of refused) {
    mistakes.push(`${parameter} holds ${JSON.stringify(shortened(text))}, which is no id; ids are numeric.`)
  }
  const configs = await findFactorConfigs(pool, tenantId, ids)
  const found = new Set(configs.map(({ id }) => id))
  for (const id of ids) {
    if (!found.has(id)) mistakes.push(`${parameter} names ${id}, and there is no factor config of that id.`)
  }
  for (const config of configs) {
    if (!isEnrolledBy(type, config)) mistakes.push(unfit(config, { ...naming, parameter }))
  }
  return configs
}

function unfit(
  config: FactorConfig,
  { type, parameter, ways }: FactorConfigNaming & { readonly parameter: string },
): string {
  const { id, name, factorType } = config
  const named = `${parameter} names ${id} ("${name}"), of type ${factorType}`
  const other = type === 'QUICK_ENROLLMENT' ? 'SMART_CARD_ENROLLMENT' : 'QUICK_ENROLLMENT'
  const advice = isEnrolledBy(other, config) ? `for that, use ${ways?.[other] ?? other}` : 'leave it out'
  return `${named}, in which users cannot be enrolled by ${ENROLLMENTS[type].by}; ${advice}.`
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
