import type { OperationState, OperationType } from '@muster/contracts'
import type { FailedRow, RowMemory } from '../ports/index.ts'
import type { StoredSource } from '../source/source-rows.ts'
import { type FoundRow, findRow, type RowFinding } from './find-row.ts'

/** An operation, as much of it as must be known to tell what became of a row. */
export interface RowsOwner extends StoredSource {
  readonly type: OperationType
  readonly options: unknown
  readonly createdAt: Date
  readonly state: OperationState
}

/** What became of one row. */
export interface RowOutcome {
  /**
   * Null when that cannot be told any more: the file is gone, which would tell the row's lane, and
   * one lane stopped before the row and another after it.
   */
  readonly outcome: 'succeeded' | 'unchanged' | 'failed' | 'unprocessed' | null
  /** The physical line the row starts on; null when the row was not read yet, or the file is gone. */
  readonly line: number | null
  /** Where the row starts: in the file when that is UTF-8, else in its copy; null as `line`, and for every row of a file that is gone. */
  readonly byte: number | null
  /** Empty unless it failed. */
  readonly failures: readonly FailedRow[]
}

/**
 * What became of a row, by what is remembered of it. The source is read from the chunk before the row on, so
 * that the work is the same wherever the row is.
 *
 * @param row from 1 to the total, if that is known
 */
export async function rowOutcome(
  owner: RowsOwner,
  row: number,
  memory: RowMemory,
  finding: RowFinding,
): Promise<RowOutcome> {
  const found = memory.isMarked ? await findRow(owner, row, memory.before, memory.checkpoints.length, finding) : null
  const { failures } = memory
  return {
    outcome: outcomeOf(owner.state, row, memory, found),
    line: found?.line ?? failures[0]?.line ?? null,
    byte: found?.byte ?? null,
    failures,
  }
}

function outcomeOf(
  state: OperationState,
  row: number,
  { failures, unchanged, isInOutbox, checkpoints }: RowMemory,
  found: FoundRow | null,
): RowOutcome['outcome'] {
  if (failures.length > 0) return 'failed'
  if (unchanged) return 'unchanged'
  if (isInOutbox) return 'unprocessed'
  // A lane that had no rows at the end of the source is not moved on.
  if (state === 'COMPLETED') return 'succeeded'
  // True when there are none: no worker ever took it up.
  if (checkpoints.every((checkpoint) => checkpoint < row)) return 'unprocessed'
  if (checkpoints.every((checkpoint) => checkpoint >= row)) return 'succeeded'
  if (found === null) return null
  return (checkpoints[found.lane] ?? 0) >= row ? 'succeeded' : 'unprocessed'
}
