import type { RowOperation, Seal } from '../declaration/operation.ts'
import { rowCheck } from '../declaration/row-check.ts'
import { Fault } from '../fault.ts'
import type { Claim, OperationStore, Parent, Row } from '../ports/index.ts'
import { laneOf } from '../turn/part.ts'
import { readRow } from '../turn/read-rows.ts'
import { type SourceReading, sourceRows } from './source-rows.ts'

/** What is needed to find the rows that are to be run again. */
export interface RetryAccess extends SourceReading {
  readonly operations: Readonly<Record<string, RowOperation>>
  readonly seal: Seal
  readonly store: Pick<OperationStore, 'parentRows'>
}

/**
 * The rows of the parent that failed or were not reached, without those that another retry has brought through
 * meanwhile: one pass over its source.
 */
export async function* retriedRows(
  claim: Claim,
  parent: Parent,
  access: RetryAccess,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[], void> {
  const isUnprocessed = unprocessed(claim, parent, access)
  try {
    for await (const batch of sourceRows(parent, parent.source.start, access, signal)) {
      const first = batch[0]?.number ?? 0
      const { failed, resolved } = await access.store.parentRows(claim, first, first + batch.length - 1)
      yield batch.filter((row) => !resolved.has(row.number) && (failed.has(row.number) || isUnprocessed(row)))
    }
  } catch (error) {
    throw error instanceof Fault ? new Fault(`The rows to run again cannot be read: ${error.message}`) : error
  }
}

/** Tells whether the parent had not come to a row: it is beyond the checkpoint of its lane. */
function unprocessed(claim: Claim, parent: Parent, access: RetryAccess): (row: Row) => boolean {
  const { checkpoints } = parent
  const operation = access.operations[claim.type]
  if (operation === undefined) throw new RangeError(`this worker does not know operations of type ${claim.type}`)
  const { options, createdAt: at } = claim
  const check = rowCheck(operation, { options, header: parent.source.header, seal: access.seal, at })
  const earliest = Math.min(...checkpoints)
  const furthest = Math.max(0, ...checkpoints)
  return (row) => {
    if (row.number > furthest) return true
    // Of the rows between, the key tells the lane, as it did when they were read first.
    return (
      row.number > earliest && row.number > (checkpoints[laneOf(readRow(row, check, null), checkpoints.length)] ?? 0)
    )
  }
}
