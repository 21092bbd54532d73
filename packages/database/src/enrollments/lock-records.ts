import type { EnrollmentId } from '@muster/contracts'
import type { PoolClient } from 'pg'
import { isRecordKey } from './record-key.ts'

// In the order of their ids, so that two transactions with the same records do not wait for each other.
const LOCK = `
  select r.id, d.workflow_id as "workflowId"
  from enrollment_records r join enrollment_designs d on d.id = r.design_id
  where r.tenant_id = $1 and r.id = any($2::bigint[])
  order by r.id for update of r`

/**
 * Locks the records that the ids name until the transaction ends. To be asked once a transaction, before it locks
 * anything else.
 *
 * @returns for each id, whether it is of a record of the tenant
 */
export async function lockRecords(
  client: PoolClient,
  tenantId: number,
  ids: readonly EnrollmentId[],
): Promise<readonly boolean[]> {
  const keys = ids.map(({ key }) => key).filter(isRecordKey)
  const { rows } = await client.query<{ id: string; workflowId: string }>(LOCK, [tenantId, keys])
  const workflows = new Map(rows.map(({ id, workflowId }) => [id, workflowId]))
  return ids.map(({ key, workflowId }) => workflows.get(key) === workflowId)
}
