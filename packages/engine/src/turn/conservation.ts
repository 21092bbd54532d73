import type { OperationState } from '@muster/contracts'
import type { Counts, Totals } from '../ports/index.ts'

/** Rows that have an outcome. */
export function outcomes({ succeeded, unchanged, failed }: Counts): number {
  return succeeded + unchanged + failed
}

/** Whether no row has two outcomes, and, of an operation that is COMPLETED, each has one. Nothing is wrong while the total is not known. */
export function isConserved(state: OperationState, totals: Totals): boolean {
  if (totals.total === null) return true
  return state === 'COMPLETED' ? outcomes(totals) === totals.total : outcomes(totals) <= totals.total
}
