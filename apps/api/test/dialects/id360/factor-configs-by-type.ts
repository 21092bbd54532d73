import type { FactorConfig, FactorType } from '@muster/contracts'
import { listFactorConfigs } from '@muster/database'
import type { ApiUnderTest } from '../../api-under-test.ts'

/** Gives the first factor config of each type that the tenant `default` has. */
export async function factorConfigsByType({
  pool,
  tenantId,
}: ApiUnderTest): Promise<(type: FactorType) => FactorConfig> {
  const configs = await listFactorConfigs(pool, tenantId)
  return (type) => {
    const config = configs.find(({ factorType }) => factorType === type)
    if (config === undefined) throw new Error(`no factor config of type ${type}`)
    return config
  }
}
