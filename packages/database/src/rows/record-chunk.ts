import { type ChunkRecord, type Claim, LeaseLost } from '@muster/engine/ports'
import type { PoolClient } from 'pg'
import { recordFailedRows } from './record-failed-rows.ts'
import { recordOutbox } from './record-outbox.ts'
import { resolveRows } from './resolve-rows.ts'

/**
 * Writes what a chunk leaves in its lane: failed rows, outbox, counters, checkpoint and mark, in the transaction
 * of its effects. Throws `LeaseLost` when the lane's lease is not the claim's any more.
 */
export async function recordChunk(client: PoolClient, claim: Claim, record: ChunkRecord): Promise<void> {
  if (record.failedRows.length > 0) await recordFailedRows(client, claim, record.lane, record.failedRows)
  if (record.deferred.length > 0) await recordOutbox(client, claim, record.lane, record.deferred)
  const resolved = await resolveRows(client, claim, record)
  const { row, line, byte } = record.checkpoint
  // Last, since it locks the lane: what claims the operation waits no longer than the commit takes.
  const { rowCount } = await client.query(
    `with recorded as (
      update lanes set
        row_number = $4, line = $5, byte = $6,
        succeeded = succeeded + $7, unchanged = unchanged + $8, failed = failed + $9,
        first_failed_row = coalesce(first_failed_row, $10), resolved = resolved + $11,
        changed_at = now()
      where operation_number = $1 and lane = $2 and lease = $3
      returning operation_number, lane, tenant_id, row_number, line, byte
    ), marked as (
      insert into chunks (operation_number, lane, tenant_id, row_number, line, byte, first_row, unchanged)
      select operation_number, lane, tenant_id, row_number, line, byte, $12::bigint, $13::bytea
      from recorded where $12::bigint is not null
    )
    select from recorded`,
    [
      claim.number,
      record.lane,
      claim.lease,
      row,
      line,
      byte,
      record.succeeded,
      record.unchanged,
      record.failed,
      record.failedRows[0]?.row ?? null,
      resolved,
      record.mark?.firstRow ?? null,
      record.mark?.unchanged ?? null,
    ],
  )
  if (rowCount !== 1) throw new LeaseLost()
}
