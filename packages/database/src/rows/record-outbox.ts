import type { Claim, OutboxRow } from '@muster/engine/ports'
import type { PoolClient } from 'pg'

const INSERT = `
  insert into outbox (operation_number, tenant_id, lane, row_number, line, origin, subject_id)
  select $1, $2, $3, * from unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])`

/** Writes the effects that rows of a chunk have outside the database, in the transaction of the chunk. */
export async function recordOutbox(
  client: PoolClient,
  claim: Claim,
  lane: number,
  rows: readonly OutboxRow[],
): Promise<void> {
  await client.query(INSERT, [
    claim.number,
    claim.tenantId,
    lane,
    rows.map(({ row }) => row),
    rows.map(({ line }) => line),
    rows.map(({ origin }) => origin),
    rows.map(({ subject }) => subject),
  ])
}
