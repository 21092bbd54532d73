import { chunksOf } from './chunks.ts'
import { Fault } from './fault.ts'
import { Lane } from './lane.ts'
import type { Observer } from './observer.ts'
import type { RowOperation, Seal } from './operation.ts'
import { readRows, splitIntoLanes } from './part.ts'
import {
  type Claim,
  type FileStore,
  LeaseLost,
  type OperationStore,
  type Position,
  type RowReader,
  type Totals,
} from './ports/index.ts'
import { type RowCheck, rowCheck } from './row-check.ts'
import { rowsFrom, TurnAborted, utf8Key } from './source.ts'

/** Everything an operation's turn stands on. */
export interface Engine {
  readonly operations: Readonly<Record<string, RowOperation>>
  readonly store: OperationStore
  readonly files: FileStore
  readonly reader: RowReader
  readonly observer: Observer
  readonly seal: Seal
  /** Rows of a chunk, all lanes together: 1 to 10,000. */
  readonly chunkSize: number
  /** Lanes of operations that are claimed for the first time: 1 to 16. */
  readonly lanes: number
}

/** One worker's time with one operation. */
export interface Turn {
  readonly operationId: string
  /** Aborted when the worker must let go; it does so after the chunk at hand. */
  readonly signal: AbortSignal
  /** Asked after every chunk: whether others should have their turn now. */
  isOver(): boolean | Promise<boolean>
  /** Told after every chunk how many rows of the source have been given to the lanes. */
  progress(rows: number): void
}

/** *ended*: nothing more is to be done, by this worker at least. *turn-over*: the operation wants another turn. */
export type TurnEnd = 'ended' | 'turn-over'

/**
 * Claims the operation and applies rows from its checkpoint on until the source ends or the turn
 * does. Whatever is thrown, what was committed stays, and the next turn goes on after it.
 */
export async function takeTurn(turn: Turn, engine: Engine): Promise<TurnEnd> {
  const claim = await engine.store.claim(turn.operationId, engine.lanes)
  if (claim === null) return 'ended'
  try {
    return await applySource(claim, turn, engine)
  } catch (error) {
    if (error instanceof TurnAborted) return 'turn-over'
    if (!(error instanceof LeaseLost)) throw error
    engine.observer.leaseLost(claim.id)
    return 'ended'
  }
}

async function applySource(claim: Claim, turn: Turn, engine: Engine): Promise<TurnEnd> {
  const { store, observer } = engine
  const from = earliest(claim.checkpoints)
  try {
    const key = await utf8Key(claim, engine, turn.signal)
    const last = await applyRows(claim, key, from, turn, engine)
    if (last === null) return 'turn-over'
    ended(claim, 'COMPLETED', await store.complete(claim, last), observer)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    ended(claim, 'FAILED', await store.fail(claim, error.message), observer)
  }
  return 'ended'
}

/** Applies rows until the source or the turn ends: the number of the last row, or null when there may be more. */
async function applyRows(
  claim: Claim,
  key: string,
  from: Position,
  turn: Turn,
  engine: Engine,
): Promise<number | null> {
  const { check, lanes } = openLanes(claim, engine)
  const rows = readRows(rowsFrom(claim, key, from, engine), check)
  let last = from.row
  let over = false
  try {
    for await (const chunk of chunksOf(rows, engine.chunkSize, from, check.growth)) {
      const parts = splitIntoLanes(chunk.rows, lanes.length)
      for (const [index, lane] of lanes.entries()) {
        const part = parts[index]?.filter((row) => row.number > lane.doneBefore) ?? []
        await lane.give({ rows: part, end: chunk.end })
      }
      last = chunk.end.row
      turn.progress(last)
      over = turn.signal.aborted || (await turn.isOver())
      if (over) break
    }
  } finally {
    // Whatever happened, no transaction of this turn is left running when it ends.
    await Promise.allSettled(lanes.map((lane) => lane.settle()))
  }
  await Promise.all(lanes.map((lane) => lane.settle()))
  if (!over) return last
  await engine.store.advance(
    claim,
    lanes.flatMap((lane) => lane.behind() ?? []),
  )
  return null
}

function openLanes(claim: Claim, engine: Engine): { check: RowCheck; lanes: readonly Lane[] } {
  const operation = engine.operations[claim.type]
  if (operation === undefined) throw new RangeError(`this worker does not know operations of type ${claim.type}`)
  const check = rowCheck(operation, claim.options, claim.source.header, engine.seal)
  const work = { claim, check, sql: operation.apply(claim.options), store: engine.store, observer: engine.observer }
  return { check, lanes: claim.checkpoints.map((checkpoint, index) => new Lane(index, work, checkpoint)) }
}

function earliest(checkpoints: readonly Position[]): Position {
  return checkpoints.reduce((first, each) => (each.row < first.row ? each : first))
}

function ended(claim: Claim, state: 'COMPLETED' | 'FAILED', totals: Totals, observer: Observer): void {
  const counted = totals.succeeded + totals.unchanged + totals.failed
  const conserved = state === 'COMPLETED' ? counted === totals.total : counted <= totals.total
  if (!conserved) observer.rowsNotConserved(claim.id, totals.total, counted)
  observer.ended(claim.type, state, claim.id)
}
