import type { EnrollmentId } from '@muster/contracts'
import type { Pool, PoolClient } from 'pg'
import { isRecordKey } from './record-key.ts'

/** Where an enrollment record is. */
export interface FoundRecord {
  /** Decimal digits; the same as the key of its id. */
  readonly recordId: string
  readonly designId: string
  /** The design's name. */
  readonly design: string
}

/** The record that the id names; null when the tenant has none such, or its design is another. */
export async function findRecord(
  pool: Pool | PoolClient,
  tenantId: number,
  { workflowId, key }: EnrollmentId,
): Promise<FoundRecord | null> {
  if (!isRecordKey(key)) return null
  const sql = `
    select r.id as "recordId", d.id as "designId", d.name as design
    from enrollment_records r join enrollment_designs d on d.id = r.design_id
    where r.tenant_id = $1 and r.id = $3 and d.workflow_id = $2`
  return (await pool.query<FoundRecord>(sql, [tenantId, workflowId, key])).rows[0] ?? null
}
