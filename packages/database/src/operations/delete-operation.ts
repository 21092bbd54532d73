import { isEnded, type OperationState } from '@muster/contracts'
import type { Pool } from 'pg'
import { inTransaction } from '../turns/transaction.ts'

export interface Deletion {
  /** False when the operation has not ended: it stays. */
  readonly deleted: boolean
  readonly state: OperationState
  readonly paused: boolean
}

/**
 * Makes an operation that has ended invisible, for good; `purgeDeleted` removes what is left of it.
 * Its files are the caller's to remove. Null when the tenant has no such operation. `id` is a UUID.
 */
export function deleteOperation(pool: Pool, tenantId: number, id: string): Promise<Deletion | null> {
  return inTransaction(pool, 'begin', async (client) => {
    const { rows } = await client.query<{ number: string; state: OperationState; paused: boolean }>(
      `select number, state, paused from operations where tenant_id = $1 and id = $2 and deleted_at is null for update`,
      [tenantId, id],
    )
    const [found] = rows
    if (found === undefined) return null
    const { number, state, paused } = found
    const deleted = isEnded(state)
    if (deleted) await client.query('update operations set deleted_at = now() where number = $1', [number])
    return { deleted, state, paused }
  })
}

// Chunks of a retry that runs still tell which rows of its parent they have resolved.
const DELETED = `o.deleted_at is not null
  and not exists (select from operations child where child.parent_number = o.number and child.ended_at is null)`

// A parent's count of resolved rows is read from the lanes of its retries, deleted or not.
const UNNEEDED = `${DELETED}
  and not exists (select from operations parent where parent.number = o.parent_number and parent.deleted_at is null)`

const TABLES = [
  { table: 'failed_rows', of: DELETED },
  { table: 'outbox', of: DELETED },
  { table: 'chunks', of: DELETED },
  { table: 'error_groups', of: DELETED },
  { table: 'resolved_rows', of: DELETED },
  { table: 'operation_keys', of: DELETED },
  { table: 'operation_history', of: DELETED },
  { table: 'lanes', of: UNNEEDED },
] as const

/**
 * Removes what is left of deleted operations, at most `batch` rows of each table, an operation
 * itself once nothing else is left of it. May be cut short, repeated, and run in several processes
 * at once. True when there may be more to remove.
 */
export async function purgeDeleted(pool: Pool, batch: number): Promise<boolean> {
  let more = false
  // One after the other, each its own transaction: short locks, and nothing to undo when it is cut short.
  for (const { table, of } of TABLES) {
    const { rowCount } = await pool.query(
      `delete from ${table} where ctid = any (array(
        select r.ctid from operations o join ${table} r on r.operation_number = o.number
        where ${of} limit $1 for update of r skip locked))`,
      [batch],
    )
    more ||= rowCount === batch
  }
  const remains = TABLES.map(({ table }) => `not exists (select from ${table} where operation_number = o.number)`)
  const { rowCount } = await pool.query(
    `delete from operations where ctid = any (array(
      select o.ctid from operations o where ${UNNEEDED} and ${remains.join(' and ')} limit $1 for update skip locked))`,
    [batch],
  )
  return more || rowCount === batch
}
