import type { OperationType } from '@muster/contracts'
import type { Pool } from 'pg'
import { OPERATIONS, type OperationRecord, type StoredOperation, toRecord } from './operation-record.ts'

const BATCH = 200

// The page is found first, so that lanes are added up for its operations alone.
const PAGE = `${OPERATIONS} and o.number = any(array(
    select number from operations
    where tenant_id = $1 and type = $2 and deleted_at is null and ($3::bigint is null or number < $3)
    order by number desc limit ${BATCH}
  ))
  order by o.number desc`

/** A tenant's operations of a type, the newest first, some hundreds at a time. */
export async function* operationsOfType(
  pool: Pool,
  tenantId: number,
  type: OperationType,
): AsyncGenerator<readonly OperationRecord[], void> {
  let last: string | null = null
  for (;;) {
    const { rows }: { rows: StoredOperation[] } = await pool.query<StoredOperation>(PAGE, [tenantId, type, last])
    if (rows.length > 0) yield rows.map(toRecord)
    last = rows.at(-1)?.number ?? null
    if (rows.length < BATCH) return
  }
}
