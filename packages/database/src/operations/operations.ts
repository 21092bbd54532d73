import type { Pool } from 'pg'
import { OPERATIONS, type OperationRecord, type StoredOperation, toRecord } from './operation-record.ts'

/** Null when the tenant has no such operation, or it was deleted. `id` is a UUID. */
export async function findOperation(pool: Pool, tenantId: number, id: string): Promise<OperationRecord | null> {
  const { rows } = await pool.query<StoredOperation>(`${OPERATIONS} and o.tenant_id = $1 and o.id = $2`, [tenantId, id])
  return rows[0] === undefined ? null : toRecord(rows[0])
}

/** Those of the ids, UUIDs, that are operations of whichever tenant, deleted ones included. */
export async function knownOperations(pool: Pool, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ id: string }>('select id from operations where id = any($1::uuid[])', [ids])
  return new Set(rows.map((row) => row.id))
}
