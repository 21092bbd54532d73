import type { RowOperation, Seal } from '../declaration/operation.ts'
import { type RowCheck, rowCheck } from '../declaration/row-check.ts'
import { Fault } from '../fault.ts'
import {
  type ArchiveReader,
  type Claim,
  type FileStore,
  LeaseLost,
  type OperationStore,
  type Position,
  type RowReader,
  type Totals,
} from '../ports/index.ts'
import { rowFiles } from '../source/archive.ts'
import { originCell } from '../source/retry-file.ts'
import { utf8Key } from '../source/source.ts'
import { sourceRows, TurnAborted } from '../source/source-rows.ts'
import { type Chunk, chunksOf } from './chunks.ts'
import { isConserved, outcomes } from './conservation.ts'
import { countRest } from './count-rest.ts'
import { FailureLimit } from './failure-limit.ts'
import { firstRow } from './first-row.ts'
import { Lane, type LaneWork } from './lane.ts'
import type { Observer } from './observer.ts'
import { splitIntoLanes } from './part.ts'
import { readRows } from './read-rows.ts'

/** Everything an operation's turn stands on. */
export interface Engine {
  readonly operations: Readonly<Record<string, RowOperation>>
  readonly store: OperationStore
  readonly files: FileStore
  readonly reader: RowReader
  readonly archives: ArchiveReader
  readonly observer: Observer
  readonly seal: Seal
  /** Rows of a chunk, all lanes together: 1 to 10,000. */
  readonly chunkSize: number
  /** Lanes of operations that are claimed for the first time: 1 to 16. Those whose rows are ordered have one. */
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
 * Claims the operation and applies rows from its checkpoint on until the source ends, the turn does, or more rows
 * failed than its policy allows. Of an operation that has ended before, the rows that were not reached are counted.
 * Whatever is thrown, what was committed stays, and the next turn goes on after it.
 */
export async function takeTurn(turn: Turn, engine: Engine): Promise<TurnEnd> {
  const { operations, lanes } = engine
  const claim = await engine.store.claim(turn.operationId, (type) => (operations[type]?.isOrdered ? 1 : lanes))
  const end = claim === null ? 'ended' : await useClaim(claim, turn, engine)
  return end === 'ended' ? countRest(turn, engine) : end
}

async function useClaim(claim: Claim, turn: Turn, engine: Engine): Promise<TurnEnd> {
  try {
    return await applySource(claim, turn, engine)
  } catch (error) {
    if (error instanceof TurnAborted) return 'turn-over'
    if (!(error instanceof LeaseLost)) throw error
    if (!(await engine.store.withdrawn(claim.id))) engine.observer.leaseLost(claim.id)
    return 'ended'
  }
}

async function applySource(claim: Claim, turn: Turn, engine: Engine): Promise<TurnEnd> {
  const { store, observer } = engine
  const limit = new FailureLimit(claim.policy, claim.counts)
  try {
    // A worker may have died after the chunk that passed the limit.
    const last = limit.passed === null ? await applyRows(claim, limit, turn, engine) : null
    if (limit.passed !== null) ended(claim, 'FAILED', await store.stop(claim, limit.passed, last), observer)
    else if (last === null) return 'turn-over'
    else {
      const { state, ...totals } = await store.complete(claim, last)
      if (state === 'COMPLETED') ended(claim, state, totals, observer)
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    ended(claim, 'FAILED', await store.fail(claim, error.message), observer)
  }
  return 'ended'
}

/** Applies rows until the source or the turn ends or the limit is passed: the number of the last row, or null when there may be more. */
async function applyRows(claim: Claim, limit: FailureLimit, turn: Turn, engine: Engine): Promise<number | null> {
  const committed = firstRow(claim, engine.observer)
  const key = await utf8Key(claim, engine, turn.signal)
  const from = earliest(claim.checkpoints)
  const { check, lanes } = openLanes(claim, { limit, committed }, engine)
  const normalisedKey = key === claim.source.key ? null : key
  const { source } = claim
  const stored = sourceRows({ source, normalisedKey }, from, engine)
  const files = source.kind === 'zip' ? rowFiles(source, engine) : null
  const rows = readRows(stored, check, originCell(claim), files)
  let last = from.row
  let over = false
  try {
    for await (const chunk of chunksOf(rows, engine.chunkSize, from, check.growth)) {
      await giveTo(lanes, chunk)
      last = chunk.end.row
      turn.progress(last)
      over = limit.passed !== null || turn.signal.aborted || (await turn.isOver())
      if (over) break
    }
  } finally {
    // Whatever happened, no transaction of this turn is left running when it ends.
    await Promise.allSettled(lanes.map((lane) => lane.settle()))
  }
  await Promise.all(lanes.map((lane) => lane.settle()))
  if (!over) return last
  // Behind a limit that is passed, lanes were given rows that they did not apply.
  if (limit.passed === null) await engine.store.advance(claim, behind(lanes))
  return null
}

async function giveTo(lanes: readonly Lane[], chunk: Chunk): Promise<void> {
  const parts = splitIntoLanes(chunk.rows, lanes.length)
  for (const [index, lane] of lanes.entries()) {
    const part = parts[index]?.filter((row) => row.number > lane.doneBefore) ?? []
    await lane.give({ rows: part, end: chunk.end })
  }
}

function openLanes(
  claim: Claim,
  watch: Pick<LaneWork, 'limit' | 'committed'>,
  engine: Engine,
): { check: RowCheck; lanes: readonly Lane[] } {
  const operation = engine.operations[claim.type]
  if (operation === undefined) throw new RangeError(`this worker does not know operations of type ${claim.type}`)
  const { store, observer } = engine
  const { options, source, createdAt: at } = claim
  const check = rowCheck(operation, { options, header: source.header, seal: engine.seal, at })
  const statement = { sql: operation.apply(options), isDeferred: operation.isDeferred }
  const work = { claim, check, statement, store, observer, ...watch }
  return { check, lanes: claim.checkpoints.map((checkpoint, index) => new Lane(index, work, checkpoint)) }
}

function behind(lanes: readonly Lane[]): { lane: number; checkpoint: Position }[] {
  return lanes.flatMap((lane) => lane.behind() ?? [])
}

function earliest(checkpoints: readonly Position[]): Position {
  return checkpoints.reduce((first, each) => (each.row < first.row ? each : first))
}

function ended(claim: Claim, state: 'COMPLETED' | 'FAILED', totals: Totals, observer: Observer): void {
  if (!isConserved(state, totals)) observer.rowsNotConserved(claim.id, totals.total ?? 0, outcomes(totals))
  observer.ended(claim.type, state, claim.id)
}
