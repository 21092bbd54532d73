import type { Delimiter, Encoding, OperationType, RowMistake } from '@muster/contracts'
import type { Position } from './rows.ts'

/** Where an operation's rows come from. */
export interface CsvSource {
  readonly kind: 'csv'
  /** The upload's key in the file store. */
  readonly key: string
  /** As the client named it. */
  readonly fileName: string
  readonly bytes: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
  readonly encoding: Encoding
  readonly delimiter: Delimiter
  /** The header's cells as they stand, surrounding space removed. */
  readonly header: readonly string[]
  /** Where the first data row is, in UTF-8 bytes. */
  readonly start: Position
}

/** An operation in the hands of one worker. */
export interface Claim {
  readonly number: bigint
  readonly id: string
  readonly tenantId: number
  readonly type: OperationType
  readonly options: unknown
  readonly source: CsvSource
  /** The key of the source in UTF-8, once it is made; null before, and for a source that is UTF-8 itself. */
  readonly normalisedKey: string | null
  /** Ever growing; writes with an older one are refused. */
  readonly lease: bigint
  /** One a lane: the position after the last row that the lane has committed. */
  readonly checkpoints: readonly Position[]
}

/** What the database can hold in a column of `input`. */
export type InputType = 'text' | 'boolean' | 'jsonb' | 'bytea'

export interface InputColumn {
  /** A lower-case SQL name. */
  readonly name: string
  readonly type: InputType
}

/** A chunk's rows, column by column, and what to do with them. */
export interface Statement {
  /** The SQL after `with input as (…),`; see `RowOperation.apply`. */
  readonly sql: string
  readonly columns: readonly InputColumn[]
  readonly rowNumbers: readonly number[]
  /** Rows that have mistakes already: they take no effect, but tell the mistakes only the database knows. */
  readonly refused: readonly boolean[]
  /** One array a column, each as long as `rowNumbers`; null for a column that is empty in every row. */
  readonly values: readonly (readonly InputValue[] | null)[]
}

export type InputValue = string | boolean | Uint8Array | null

export interface RowFailure extends RowMistake {
  readonly row: number
}

/** What became of a statement's rows that had no mistake before. */
export interface Applied {
  readonly succeeded: number
  /** Already as asked. */
  readonly unchanged: number
  /** One entry a mistake: a row may have several. */
  readonly failures: readonly RowFailure[]
}

export interface FailedRow extends RowFailure {
  readonly line: number
}

/** What a chunk leaves in its lane. */
export interface ChunkRecord {
  readonly lane: number
  readonly succeeded: number
  readonly unchanged: number
  /** Rows, not mistakes. */
  readonly failed: number
  readonly failedRows: readonly FailedRow[]
  readonly checkpoint: Position
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

export interface Totals {
  readonly total: number
  readonly succeeded: number
  readonly unchanged: number
  readonly failed: number
}

/** The record of operations, as the engine needs it. */
export interface OperationStore {
  /**
   * Takes the operation: its lease grows by one, and it is PROCESSING. The number of lanes is
   * fixed by the first claim. Null when it is unknown or has ended.
   */
  claim(operationId: string, lanes: number): Promise<Claim | null>
  /** Commits when `work` returns and rolls back when it throws. Transactions of different lanes run side by side. */
  transaction<T>(work: (tx: ChunkTransaction) => Promise<T>): Promise<T>
  /** Moves lanes on that had no rows of theirs to apply. Throws `LeaseLost`. */
  advance(claim: Claim, lanes: readonly { lane: number; checkpoint: Position }[]): Promise<void>
  /** Remembers where the UTF-8 copy is. Throws `LeaseLost`. */
  setNormalised(claim: Claim, key: string): Promise<void>
  /** Every row has its outcome: COMPLETED. Throws `LeaseLost`. */
  complete(claim: Claim, total: number): Promise<Totals>
  /**
   * A fault: FAILED, with the sentence that tells the user why. The total is the furthest row that
   * any lane came to. Throws `LeaseLost`.
   */
  fail(claim: Claim, message: string): Promise<Totals>
}
