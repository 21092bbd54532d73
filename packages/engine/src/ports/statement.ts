import type { RowMistake } from '@muster/contracts'

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
  /** It ends with the relation `deferred`. */
  readonly isDeferred: boolean
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
  /** The numbers of the rows that were already as asked, in any order. */
  readonly unchanged: readonly number[]
  /** One entry a mistake: a row may have several. */
  readonly failures: readonly RowFailure[]
  /** Rows whose outcome is told later. */
  readonly deferred: readonly DeferredRow[]
}

/** A row that is applied, with an effect outside the database that is still to be carried out. */
export interface DeferredRow {
  readonly row: number
  /** What it is about: an id of the operation type's own, decimal digits. */
  readonly subject: string
}

export interface FailedRow extends RowFailure {
  readonly line: number
}
