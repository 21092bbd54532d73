import { type OperationState, TRANSITIONS } from '@muster/contracts'
import type { Claim, Ended, Totals } from '@muster/engine/ports'
import { LeaseLost } from '@muster/engine/ports'
import type { Pool } from 'pg'

/**
 * How an operation ends, and how many rows it has: *furthest*, as many as any lane came to; null, they
 * are still to be counted.
 */
export type Ending =
  | { readonly state: 'COMPLETED'; readonly total: number }
  | { readonly state: 'FAILED'; readonly reason: string; readonly total: number | 'furthest' | null }

export interface TotalsRow {
  total: string | null
  succeeded: string
  unchanged: string
  failed: string
}

/** SQL: nothing that its rows do outside the database is left to be carried out. */
export const isSettled = (number: string): string =>
  `not exists (select from outbox where operation_number = ${number} and settled_at is null)`

interface EndedRow extends TotalsRow {
  state: OperationState
}

/**
 * Ends an operation and adds its lanes up; with rows in the outbox, it goes on when it would be COMPLETED.
 * Throws `LeaseLost` when it has ended or is another worker's.
 */
export async function endOperation(pool: Pool, claim: Claim, ending: Ending): Promise<Ended> {
  const { rows } = await pool.query<EndedRow>(
    `with counted as (
      select sum(succeeded) as succeeded, sum(unchanged) as unchanged, sum(failed) as failed, max(row_number) as furthest
      from lanes where operation_number = $1
    ), ends as (
      select $3 <> 'COMPLETED' or ${isSettled('$1')} as now
    ), ended as (
      update operations set state = case when ends.now then $3 else state end,
        reason = case when ends.now then $4 else 'Its rows are read; what they do outside is being carried out.' end,
        changed_by = 'worker', ended_at = case when ends.now then now() end,
        total = case when $6 then furthest else $5 end
      from counted, ends
      where number = $1 and lease = $2 and state = 'PROCESSING' and total is null
      returning state, total
    )
    select state, total, succeeded, unchanged, failed from ended, counted`,
    [
      claim.number,
      claim.lease,
      ending.state,
      ending.state === 'FAILED' ? ending.reason : TRANSITIONS.PROCESSING.COMPLETED,
      ending.total === 'furthest' ? null : ending.total,
      ending.total === 'furthest',
    ],
  )
  const [row] = rows
  if (row === undefined) throw new LeaseLost()
  const ended = { state: row.state, ...toTotals(row) }
  // What was left may have been settled by somebody who could not see yet that all rows are read.
  return ended.state === 'PROCESSING' ? ((await completeOperation(pool, claim.number)) ?? ended) : ended
}

/** An operation whose rows are all read, and whose outbox is empty, is COMPLETED; null when it is not that far, or paused. */
export async function completeOperation(pool: Pool, number: bigint): Promise<Ended | null> {
  const { rows } = await pool.query<EndedRow>(
    `with ended as (
      update operations set state = 'COMPLETED', reason = $2, changed_by = 'worker', ended_at = now()
      where number = $1 and state = 'PROCESSING' and not paused and total is not null and ${isSettled('$1')}
      returning state, total
    )
    select state, total, l.* from ended, lateral (
      select coalesce(sum(succeeded), 0) as succeeded, coalesce(sum(unchanged), 0) as unchanged,
        coalesce(sum(failed), 0) as failed
      from lanes where operation_number = $1
    ) l`,
    [number, TRANSITIONS.PROCESSING.COMPLETED],
  )
  return rows[0] === undefined ? null : { state: rows[0].state, ...toTotals(rows[0]) }
}

export function toTotals(row: TotalsRow): Totals {
  return {
    total: row.total === null ? null : Number(row.total),
    succeeded: Number(row.succeeded),
    unchanged: Number(row.unchanged),
    failed: Number(row.failed),
  }
}
