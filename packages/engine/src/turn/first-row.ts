import type { Claim } from '../ports/index.ts'
import type { Observer } from './observer.ts'

/**
 * To be called after each commit of rows: tells, once an operation, how long its owner waited for the first of them.
 * Made when the operation is claimed. By the database's clock up to then, and by this process's since, so that it does
 * not matter if the two differ.
 */
export function firstRow(claim: Claim, observer: Observer): () => void {
  const claimedAt = performance.now()
  let isTold = claim.checkpoints.some(({ row }) => row > claim.source.start.row)
  return () => {
    if (isTold) return
    isTold = true
    observer.firstRow(claim.type, claim.eligibleSeconds + (performance.now() - claimedAt) / 1_000)
  }
}
