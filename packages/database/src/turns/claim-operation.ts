import { type OperationType, TRANSITIONS } from '@muster/contracts'
import type { Claim, Source } from '@muster/engine/ports'
import type { Pool, PoolClient } from 'pg'
import { eligibleSince } from '../queueing/eligible-since.ts'

interface ClaimedRow {
  number: string
  id: string
  tenant_id: number
  type: OperationType
  options: unknown
  created_at: Date
  eligible_seconds: number
  source: Source
  normalised_key: string | null
  lease: string
  parent_number: string | null
  max_failed_rows: string | null
  max_failed_ratio: number | null
}

interface LaneRow {
  row_number: string
  line: string
  byte: string
  succeeded: string
  unchanged: string
  failed: string
}

/**
 * Takes an operation that has not ended, is not paused and has rows left to read: its lease and its lanes' grow by one, so that whoever held
 * it before can commit nothing more. Waits for a chunk that is being committed. Null when there is
 * nothing to take.
 */
export async function claimOperation(
  client: PoolClient,
  operationId: string,
  lanesOf: (type: OperationType) => number,
): Promise<Claim | null> {
  const { rows } = await client.query<ClaimedRow>(
    `update operations
    set lease = lease + 1, state = 'PROCESSING', started_at = coalesce(started_at, now()),
      changed_by = case state when 'SCHEDULED' then 'worker' else changed_by end,
      reason = case state when 'SCHEDULED' then $2 else reason end
    where id = $1 and state in ('SCHEDULED', 'PROCESSING') and not paused and total is null
    returning number, id, tenant_id, type, options, created_at, source, normalised_key, lease, parent_number,
      max_failed_rows, max_failed_ratio,
      greatest(extract(epoch from clock_timestamp() - coalesce(${eligibleSince('number')}, created_at)), 0)::float8
        as eligible_seconds`,
    [operationId, TRANSITIONS.SCHEDULED.PROCESSING],
  )
  const [row] = rows
  if (row === undefined) return null
  return {
    number: BigInt(row.number),
    id: row.id,
    tenantId: row.tenant_id,
    type: row.type,
    options: row.options,
    createdAt: row.created_at,
    eligibleSeconds: row.eligible_seconds,
    source: row.source,
    normalisedKey: row.normalised_key,
    lease: BigInt(row.lease),
    parentNumber: row.parent_number === null ? null : BigInt(row.parent_number),
    ...(await claimLanes(client, row, lanesOf(row.type))),
    policy: {
      maxFailedRows: row.max_failed_rows === null ? null : Number(row.max_failed_rows),
      maxFailedRatio: row.max_failed_ratio,
    },
  }
}

async function claimLanes(
  client: PoolClient,
  operation: ClaimedRow,
  lanes: number,
): Promise<Pick<Claim, 'checkpoints' | 'counts'>> {
  const { start } = operation.source
  await client.query(
    `insert into lanes (operation_number, lane, tenant_id, lease, row_number, line, byte)
    select $1, lane, $2, 0, $4, $5, $6 from generate_series(0, $3 - 1) lane
    where not exists (select 1 from lanes where operation_number = $1)`,
    [operation.number, operation.tenant_id, lanes, start.row, start.line, start.byte],
  )
  const { rows } = await client.query<LaneRow>(
    `with claimed as (
      update lanes set lease = $2 where operation_number = $1
      returning lane, row_number, line, byte, succeeded, unchanged, failed
    ) select row_number, line, byte, succeeded, unchanged, failed from claimed order by lane`,
    [operation.number, operation.lease],
  )
  const sum = (count: 'succeeded' | 'unchanged' | 'failed') => rows.reduce((all, row) => all + Number(row[count]), 0)
  return {
    checkpoints: rows.map((row) => ({ row: Number(row.row_number), line: Number(row.line), byte: Number(row.byte) })),
    counts: { succeeded: sum('succeeded'), unchanged: sum('unchanged'), failed: sum('failed') },
  }
}

/** True when no worker is to have the operation, or it is not known. */
export async function isWithdrawn(pool: Pool, operationId: string): Promise<boolean> {
  const { rows } = await pool.query(
    `select from operations
    where id = $1 and state in ('SCHEDULED', 'PROCESSING') and not paused and total is null and deleted_at is null`,
    [operationId],
  )
  return rows.length === 0
}

/** Whether the operation's lease is still the claim's. */
export async function isHeld(pool: Pool, claim: Claim): Promise<boolean> {
  const { rows } = await pool.query('select from operations where number = $1 and lease = $2', [
    claim.number,
    claim.lease,
  ])
  return rows.length === 1
}
