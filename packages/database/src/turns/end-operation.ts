import { TRANSITIONS } from '@muster/contracts'
import type { Claim, Totals } from '@muster/engine/ports'
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

/** Ends an operation and adds its lanes up. Throws `LeaseLost` when it has ended or is another worker's. */
export async function endOperation(pool: Pool, claim: Claim, ending: Ending): Promise<Totals> {
  const { rows } = await pool.query<TotalsRow>(
    `with counted as (
      select sum(succeeded) as succeeded, sum(unchanged) as unchanged, sum(failed) as failed, max(row_number) as furthest
      from lanes where operation_number = $1
    ), ended as (
      update operations set state = $3, reason = $4, changed_by = 'worker', ended_at = now(),
        total = case when $6 then furthest else $5 end
      from counted
      where number = $1 and lease = $2 and state = 'PROCESSING'
      returning total
    )
    select total, succeeded, unchanged, failed from ended, counted`,
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
  return toTotals(row)
}

export function toTotals(row: TotalsRow): Totals {
  return {
    total: row.total === null ? null : Number(row.total),
    succeeded: Number(row.succeeded),
    unchanged: Number(row.unchanged),
    failed: Number(row.failed),
  }
}
