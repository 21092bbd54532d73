import type { OperationState } from '@muster/contracts'
import type { Pool } from 'pg'

/** A change of an operation's state or pause. */
export interface OperationChange {
  /** Decimal digits; grows with every change of any operation. */
  readonly id: string
  readonly at: Date
  /** A token's subject, or a word for Muster's own, like `worker`. */
  readonly by: string
  /** Null for its creation. */
  readonly from: OperationState | null
  readonly to: OperationState
  /** After the change. */
  readonly paused: boolean
  readonly reason: string
}

export interface HistoryPage {
  /** Changes after the one of this id; null begins with the first. 1 to 18 decimal digits. */
  readonly after: string | null
  /** Changes at most. */
  readonly limit: number
}

/** What happened to an operation, in order. */
export async function operationHistory(
  pool: Pool,
  operationNumber: bigint,
  { after, limit }: HistoryPage,
): Promise<readonly OperationChange[]> {
  const { rows } = await pool.query<OperationChange>(
    `select id, at, actor as by, from_state as "from", to_state as "to", paused, reason
    from operation_history
    where operation_number = $1 and id > $2
    order by id limit $3`,
    [operationNumber, after ?? '0', limit],
  )
  return rows
}
