import { Fault } from '../fault.ts'
import type { Position, Uncounted } from '../ports/index.ts'
import { sourceRows } from '../source/source-rows.ts'
import { isConserved, outcomes } from './conservation.ts'
import { positionAfter } from './read-rows.ts'
import type { Engine, Turn, TurnEnd } from './turn.ts'

/**
 * Counts the rows that an operation had not reached when it ended: reads them, without checking or
 * applying anything, and writes the total. Safe to run twice, so it needs no lease. When the turn
 * is over before the source is, the next goes on from there.
 */
export async function countRest(turn: Turn, engine: Engine): Promise<TurnEnd> {
  const operation = await engine.store.uncounted(turn.operationId)
  if (operation === null) return 'ended'
  const total = await countRows(operation, turn, engine)
  if (total === null) return 'turn-over'
  const totals = await engine.store.count(operation, total)
  if (totals !== null && !isConserved('FAILED', totals)) {
    engine.observer.rowsNotConserved(operation.id, total, outcomes(totals))
  }
  return 'ended'
}

/** The number of the source's last row, that of the furthest row known when the file cannot be read; null when the turn is over. */
async function countRows(operation: Uncounted, turn: Turn, engine: Engine): Promise<number | null> {
  let reached: Position = operation.from
  try {
    for await (const batch of sourceRows(operation, operation.from, engine)) {
      const last = batch.at(-1)
      if (last !== undefined) reached = positionAfter(last)
      if (!turn.signal.aborted && !(await turn.isOver())) continue
      await engine.store.countedTo(operation, reached)
      return null
    }
    return reached.row
  } catch (error) {
    if (error instanceof Fault) return operation.from.row
    throw error
  }
}
