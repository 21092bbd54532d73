import type { Pool } from 'pg'

/** SQL for the number of a tenant's operations that are AWAITING_DATA or SCHEDULED, counted up to a limit. */
export const queuedUpTo = (tenant: string, limit: string): string => `(
  select count(*) from (
    select from operations
    where tenant_id = ${tenant} and state in ('AWAITING_DATA', 'SCHEDULED') and deleted_at is null limit ${limit}
  ) queued
)`

/** How many operations of a tenant are AWAITING_DATA or SCHEDULED; `upTo` when there are more. */
export async function queuedOperations(pool: Pool, tenantId: number, upTo: number): Promise<number> {
  const { rows } = await pool.query<{ queued: number }>(`select ${queuedUpTo('$1', '$2')}::integer as queued`, [
    tenantId,
    upTo,
  ])
  return rows[0]?.queued ?? 0
}
