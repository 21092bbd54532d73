import type { OperationType } from '@muster/contracts'
import type { Pool } from 'pg'

const PER_TENANT = 3
const AT_ONCE = 1000

/**
 * The operations that should have a job: of those that have not ended, the oldest three of every
 * tenant, tenants in turn. So a tenant with thousands of operations waiting holds up no other.
 */
export async function pendingOperations(pool: Pool): Promise<{ operationId: string; type: OperationType }[]> {
  const { rows } = await pool.query<{ id: string; type: OperationType }>(
    `select id, type from (
      select id, type, number, row_number() over (partition by tenant_id order by number) as place
      from operations where state in ('SCHEDULED', 'PROCESSING') and not paused
    ) waiting
    where place <= $1 order by place, number limit $2`,
    [PER_TENANT, AT_ONCE],
  )
  return rows.map(({ id, type }) => ({ operationId: id, type }))
}
