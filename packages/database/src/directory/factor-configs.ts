import type { FactorConfig, FactorType, TotpSettings } from '@muster/contracts'
import type { Pool } from 'pg'

/** Settings of a `CustomTOTPAuthenticator` for which nothing else is asked. */
export const TOTP_DEFAULTS: TotpSettings = {
  oath_type: 'totp',
  token_type: 'software',
  hash_algorithm: 'SHA1',
  totp_time_step: 30,
  otp_length: 6,
  max_nos_enrollment_per_user: 1,
}

const COLUMNS = 'id, name, factor_type as "factorType", settings'

/** The tenant's factor configs, in the order of their ids. */
export async function listFactorConfigs(pool: Pool, tenantId: number): Promise<readonly FactorConfig[]> {
  const sql = `select ${COLUMNS} from factor_configs where tenant_id = $1 order by id`
  return (await pool.query<FactorConfig>(sql, [tenantId])).rows
}

/**
 * Those of the ids that are the tenant's, in the order of the ids given.
 *
 * @param ids 1 to 18 decimal digits each
 */
export async function findFactorConfigs(
  pool: Pool,
  tenantId: number,
  ids: readonly string[],
): Promise<readonly FactorConfig[]> {
  const sql = `select ${COLUMNS} from factor_configs where tenant_id = $1 and id = any($2::bigint[])
    order by array_position($2::bigint[], id)`
  return (await pool.query<FactorConfig>(sql, [tenantId, ids])).rows
}

export interface NewFactorConfig {
  readonly name: string
  readonly factorType: FactorType
  readonly settings: FactorConfig['settings']
}

/** Null when the tenant has a factor config of that name. */
export async function createFactorConfig(
  pool: Pool,
  tenantId: number,
  config: NewFactorConfig,
): Promise<FactorConfig | null> {
  const sql = `insert into factor_configs (tenant_id, name, factor_type, settings) values ($1, $2, $3, $4)
    on conflict (tenant_id, name) do nothing returning ${COLUMNS}`
  const values = [tenantId, config.name, config.factorType, JSON.stringify(config.settings)]
  return (await pool.query<FactorConfig>(sql, values)).rows[0] ?? null
}
