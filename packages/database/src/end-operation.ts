import { TRANSITIONS } from '@muster/contracts'
import type { Claim, Totals } from '@muster/engine/ports'
import { LeaseLost } from '@muster/engine/ports'
import type { Pool } from 'pg'

/** How an operation ends. A total that is not given is the furthest row that any lane came to. */
export type Ending =
  | { readonly state: 'COMPLETED'; readonly total: number }
  | { readonly state: 'FAILED'; readonly fault: string }

interface TotalsRow {
  total: string
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
      update operations set state = $3, reason = $4, changed_by = 'worker', total = coalesce($5, furthest), ended_at = now()
      from counted
      where number = $1 and lease = $2 and state = 'PROCESSING'
      returning total
    )
    select total, succeeded, unchanged, failed from ended, counted`,
    [
      claim.number,
      claim.lease,
      ending.state,
      ending.state === 'FAILED' ? ending.fault : TRANSITIONS.PROCESSING.COMPLETED,
      ending.state === 'COMPLETED' ? ending.total : null,
    ],
  )
  const [row] = rows
  if (row === undefined) throw new LeaseLost()
  return {
    total: Number(row.total),
    succeeded: Number(row.succeeded),
    unchanged: Number(row.unchanged),
    failed: Number(row.failed),
  }
}
