import type { FactorConfig } from '@muster/contracts'
import { findFactorConfigs, type Pool } from '@muster/database'
import { isEnrolledByCsv } from '@muster/operations'
import { parseFactorConfigIds } from './factor-config-ids.ts'

const SHOWN = 40

/**
 * The tenant's factor configs that these values of the parameter `name` name. What is wrong with them,
 * all of it, goes into `mistakes`; the configs are of use only when nothing was added there.
 */
export async function readFactorConfigs(
  pool: Pool,
  tenantId: number,
  values: readonly string[],
  mistakes: string[],
  name = 'factor_configs',
): Promise<readonly FactorConfig[]> {
  const { ids, refused } = parseFactorConfigIds(values)
  if (ids.length === 0 && refused.length === 0) {
    mistakes.push(`${name} is missing; give the ids of the factor configs to enroll in.`)
  }
  for (const text of refused) {
    mistakes.push(`${name} holds ${JSON.stringify(shortened(text))}, which is no id; ids are numeric.`)
  }
  const configs = await findFactorConfigs(pool, tenantId, ids)
  const found = new Set(configs.map(({ id }) => id))
  for (const id of ids) {
    if (!found.has(id)) mistakes.push(`${name} names ${id}, and there is no factor config of that id.`)
  }
  for (const config of configs) {
    if (!isEnrolledByCsv(config)) mistakes.push(notByCsv(name, config))
  }
  return configs
}

function notByCsv(parameter: string, { id, name, factorType }: FactorConfig): string {
  return `${parameter} names ${id} ("${name}"), a ${factorType}, in which users cannot be enrolled by CSV; leave it out.`
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
