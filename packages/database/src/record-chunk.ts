import { type ChunkRecord, type Claim, type FailedRow, LeaseLost } from '@muster/engine/ports'
import type { PoolClient } from 'pg'

/**
 * Writes what a chunk leaves in its lane: failed rows, counters and checkpoint, in the transaction
 * of its effects. Throws `LeaseLost` when the lane's lease is not the claim's any more.
 */
export async function recordChunk(client: PoolClient, claim: Claim, record: ChunkRecord): Promise<void> {
  if (record.failedRows.length > 0) await insertFailedRows(client, claim, record.failedRows)
  const { row, line, byte } = record.checkpoint
  // Last, since it locks the lane: what claims the operation waits no longer than the commit takes.
  const { rowCount } = await client.query(
    `update lanes set
      row_number = $4, line = $5, byte = $6,
      succeeded = succeeded + $7, unchanged = unchanged + $8, failed = failed + $9,
      first_failed_row = coalesce(first_failed_row, $10),
      changed_at = now()
    where operation_number = $1 and lane = $2 and lease = $3`,
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
    ],
  )
  if (rowCount !== 1) throw new LeaseLost()
}

async function insertFailedRows(client: PoolClient, claim: Claim, failed: readonly FailedRow[]): Promise<void> {
  await client.query(
    `insert into failed_rows (operation_number, tenant_id, row_number, ordinal, line, code, column_name, params)
    select $1, $2, * from unnest($3::bigint[], $4::smallint[], $5::bigint[], $6::text[], $7::text[], $8::jsonb[])`,
    [
      claim.number,
      claim.tenantId,
      failed.map(({ row }) => row),
      ordinals(failed),
      failed.map(({ line }) => line),
      failed.map(({ code }) => code),
      failed.map(({ column }) => column),
      failed.map(({ params }) => (params === undefined ? null : JSON.stringify(params))),
    ],
  )
}

/** Numbers a row's mistakes from 0. */
function ordinals(failed: readonly FailedRow[]): number[] {
  const numbers: number[] = []
  for (const [index, { row }] of failed.entries()) {
    numbers.push(failed[index - 1]?.row === row ? (numbers[index - 1] ?? 0) + 1 : 0)
  }
  return numbers
}
