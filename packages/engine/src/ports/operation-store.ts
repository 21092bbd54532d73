import type { OperationState, OperationType } from '@muster/contracts'
import type { Claim, Counts, Parent, ParentRows, Uncounted } from './claim.ts'
import type { Position } from './rows.ts'
import type { Applied, DeferredRow, FailedRow, Statement } from './statement.ts'

/** What a chunk leaves in its lane. */
export interface ChunkRecord extends Counts {
  readonly lane: number
  readonly failedRows: readonly FailedRow[]
  readonly checkpoint: Position
  /** What is remembered of its rows; null when the lane had none in it. */
  readonly mark: ChunkMark | null
  /** Rows of the parent that stand behind those which did not fail, as the file tells; empty without a parent. */
  readonly origins: readonly number[]
  /** Rows that go to the outbox. */
  readonly deferred: readonly OutboxRow[]
}

/** A row that goes to the outbox, with what its outcome is told by later. */
export interface OutboxRow extends DeferredRow {
  readonly line: number
  /** As in `origins`; null where there is none. */
  readonly origin: number | null
}

/** From where a chunk's rows can be told apart later, together with the checkpoint after them. */
export interface ChunkMark {
  /** Its first row of the lane. */
  readonly firstRow: number
  /** Bit `i`, from the least significant of the first byte on, is row `firstRow + i`; null when none was unchanged. */
  readonly unchanged: Uint8Array | null
}

/** What is remembered of one row of an operation, all of one moment. */
export interface RowMemory {
  /** The last row that each lane has committed. */
  readonly checkpoints: readonly number[]
  /** Whether the row is within the chunks that were committed, of whichever lane. */
  readonly isMarked: boolean
  /** The position after the last chunk that ended before the row; null when it is in the first. */
  readonly before: Position | null
  readonly unchanged: boolean
  /** Applied, while what it does outside the database is still to be carried out. */
  readonly isInOutbox: boolean
  /** In the order they were found; empty unless the row failed. */
  readonly failures: readonly FailedRow[]
}

/** Another worker holds the operation: nothing of this transaction was kept. */
export class LeaseLost extends Error {
  constructor() {
    super('another worker has taken the operation over')
    this.name = 'LeaseLost'
  }
}

/** The database refuses the values of a statement (SQLSTATE class 22, 23 or 54): trying again cannot help. */
export class RowsRefused extends Error {
  /** SQLSTATE. */
  readonly sqlState: string
  constructor(sqlState: string) {
    super(`the database refuses the rows (SQLSTATE ${sqlState})`)
    this.name = 'RowsRefused'
    this.sqlState = sqlState
  }
}

/** One chunk's transaction. */
export interface ChunkTransaction {
  apply(claim: Claim, statement: Statement): Promise<Applied>
  /** Throws `LeaseLost` unless the claim's lease is still the operation's. */
  record(claim: Claim, record: ChunkRecord): Promise<void>
}

export interface Totals extends Counts {
  /** Null while rows that were not reached are still to be counted. */
  readonly total: number | null
}

/** An operation whose rows are all read. */
export interface Ended extends Totals {
  /** PROCESSING as long as effects of its rows are to be carried out. */
  readonly state: OperationState
}

/** The record of operations, as the engine needs it. */
export interface OperationStore {
  /**
   * Takes the operation: its lease grows by one, and it is PROCESSING. The number of lanes is
   * fixed by the first claim. Null when it is unknown, paused or has ended.
   */
  claim(operationId: string, lanesOf: (type: OperationType) => number): Promise<Claim | null>
  /** Commits when `work` returns and rolls back when it throws. Transactions of different lanes run side by side. */
  transaction<T>(work: (tx: ChunkTransaction) => Promise<T>): Promise<T>
  /** Moves lanes on that had no rows of theirs to apply. Throws `LeaseLost`. */
  advance(claim: Claim, lanes: readonly { lane: number; checkpoint: Position }[]): Promise<void>
  /** Remembers where the UTF-8 copy is and how many bytes it has. Throws `LeaseLost`. */
  setNormalised(claim: Claim, key: string, bytes: number): Promise<void>
  /** The operation whose rows the claim's runs again; null when it is no retry, or the other was removed. */
  parent(claim: Claim): Promise<Parent | null>
  /** What became of the parent's rows from `first` to `last`, which are not more than a batch. */
  parentRows(claim: Claim, first: number, last: number): Promise<ParentRows>
  /**
   * Every row is read: COMPLETED, or still PROCESSING while some are in the outbox. Throws `LeaseLost`.
   */
  complete(claim: Claim, total: number): Promise<Ended>
  /**
   * A fault: FAILED, with the sentence that tells the user why. The total is the furthest row that
   * any lane came to. Throws `LeaseLost`.
   */
  fail(claim: Claim, message: string): Promise<Totals>
  /**
   * More rows failed than the operation's policy allows: FAILED, with that sentence. A total of null
   * leaves the rows that were not reached to be counted. Throws `LeaseLost`.
   */
  stop(claim: Claim, message: string, total: number | null): Promise<Totals>
  /** True while nobody has claimed or withdrawn the operation since: its lease is the claim's. */
  holds(claim: Claim): Promise<boolean>
  /** True when no worker is to have the operation: it has ended, is paused, or was deleted. */
  withdrawn(operationId: string): Promise<boolean>
  /** What is left to count of an operation that has ended; null when nothing is, or it may not be read any more. */
  uncounted(operationId: string): Promise<Uncounted | null>
  /** Remembers how far the counting has come, so that it can go on from there. */
  countedTo(operation: Uncounted, position: Position): Promise<void>
  /** The total of an operation that has ended. Null when it has one already: running twice changes nothing. */
  count(operation: Uncounted, total: number): Promise<Totals | null>
}
