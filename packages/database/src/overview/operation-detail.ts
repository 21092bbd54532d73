import type { Pool } from 'pg'
import { OPERATIONS, type OperationRecord, type StoredOperation, toRecord } from '../operations/operation-record.ts'
import { inTransaction } from '../turns/transaction.ts'
import { OVERVIEW, type OverviewOperation, type StoredOverview, toOverview } from './overview-operation.ts'

/** One operation, with what tells whether it moves. */
export interface OperationDetail {
  readonly record: OperationRecord
  readonly overview: OverviewOperation
  /** Grows with every claim. */
  readonly lease: bigint
  /** In their order; none before the first turn. */
  readonly lanes: readonly LaneDetail[]
  readonly outbox: OutboxDetail
}

export interface LaneDetail {
  readonly lane: number
  /** The lane's own; another than the operation's once somebody else is to have it. */
  readonly lease: bigint
  /** The checkpoint: the row it has come to, and the line and byte at which reading goes on. */
  readonly row: number
  readonly line: number
  readonly byte: number
  readonly succeeded: number
  readonly unchanged: number
  readonly failed: number
  /** Of the last commit. */
  readonly changedAt: Date
}

export interface OutboxDetail {
  /** Messages that are not settled; `MESSAGES_COUNTED_UP_TO` stands for that many or more. */
  readonly waiting: number
  /** Those of them that somebody carries out at this moment. */
  readonly held: number
  /** Of the oldest of them; null when there is none. */
  readonly oldestAt: Date | null
  /** How often its oldest unsettled messages were tried, the greatest. */
  readonly attempts: number
  /** They all wait until then, since what they go through was away; null when they do not. */
  readonly deliverAfter: Date | null
}

export const MESSAGES_COUNTED_UP_TO = 10_000

interface StoredLane {
  lane: number
  lease: string
  row: string
  line: string
  byte: string
  succeeded: string
  unchanged: string
  failed: string
  changedAt: Date
}

const OF_ANY_TENANT = `${OPERATIONS} and o.id = $1`

const LANES = `
  select lane, lease, row_number as "row", line, byte, succeeded, unchanged, failed, changed_at as "changedAt"
  from lanes where operation_number = $1 order by lane`

const OUTBOX = `
  select o.lease, o.deliver_after as "deliverAfter", x.waiting, x.held, x."oldestAt", x.attempts
  from operations o cross join lateral (
    select count(*)::integer as waiting, count(held_by)::integer as held, min(created_at) as "oldestAt",
      coalesce(max(attempts), 0) as attempts
    from (
      select created_at, held_by, attempts from outbox
      where operation_number = o.number and settled_at is null order by due_at limit ${MESSAGES_COUNTED_UP_TO}
    ) unsettled
  ) x
  where o.number = $1`

/**
 * An operation of whichever tenant, all of one moment; null when there is none, or it was deleted.
 *
 * @param id a UUID
 */
export function operationDetail(pool: Pool, id: string): Promise<OperationDetail | null> {
  return inTransaction(pool, 'begin isolation level repeatable read read only', async (client) => {
    const { rows } = await client.query<StoredOperation>(OF_ANY_TENANT, [id])
    if (rows[0] === undefined) return null
    const record = toRecord(rows[0])
    const overview = await client.query<StoredOverview>(`${OVERVIEW} where o.number = $1`, [record.number])
    const lanes = await client.query<StoredLane>(LANES, [record.number])
    const outbox = await client.query<OutboxDetail & { lease: string }>(OUTBOX, [record.number])
    const [shown] = overview.rows
    const [messages] = outbox.rows
    if (shown === undefined || messages === undefined) throw new Error('an operation went within a snapshot')
    const { lease, ...others } = messages
    return { record, overview: toOverview(shown), lease: BigInt(lease), lanes: lanes.rows.map(toLane), outbox: others }
  })
}

/** Null when there is none, or it was deleted. `id` is a UUID. */
export async function findOperationOfAnyTenant(pool: Pool, id: string): Promise<OperationRecord | null> {
  const { rows } = await pool.query<StoredOperation>(OF_ANY_TENANT, [id])
  return rows[0] === undefined ? null : toRecord(rows[0])
}

function toLane(stored: StoredLane): LaneDetail {
  return {
    lane: stored.lane,
    lease: BigInt(stored.lease),
    row: Number(stored.row),
    line: Number(stored.line),
    byte: Number(stored.byte),
    succeeded: Number(stored.succeeded),
    unchanged: Number(stored.unchanged),
    failed: Number(stored.failed),
    changedAt: stored.changedAt,
  }
}
