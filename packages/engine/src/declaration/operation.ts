import type { OperationType, Permission } from '@muster/contracts'
import type { InputColumn, InputValue } from '../ports/index.ts'
import type { Column, Wrong } from './columns.ts'

/** What a row's cells became: one value a declared column, null where the cell is empty or cannot be used. */
export type Values = readonly InputValue[]

/** A mistake of the row as a whole, or of several of its columns together. */
export interface Mistaken {
  /** Null when no single column is to blame. */
  readonly column: Column | null
  readonly wrong: Wrong
}

/** Turns a row's values into the values of `input`. */
export interface Preparation {
  readonly columns: readonly InputColumn[]
  /** Everything that is wrong with the values together; only asked when each of them is right. */
  check(values: Values): readonly Mistaken[]
  /** One value for each of `columns`. Pure but for sealing. */
  values(values: Values): readonly InputValue[]
}

/** Reads a file of an archive: a value of `input`, or everything that is wrong with it. Pure. */
export type ReadContent = (file: Uint8Array) => InputValue | readonly Wrong[]

/** What the files of an archive become. */
export interface Content<Options = unknown> {
  /** Of `input`. */
  readonly column: InputColumn
  /**
   * @param at when the operation was asked for: what depends on time is judged by that, so that it does not matter
   *   when a row is reached
   */
  reader(options: Options, at: Date): ReadContent
}

/** Seals a secret so that only Muster's keys open it. */
export type Seal = (secret: string) => Uint8Array

/**
 * An operation type whose rows come from a file. One small file declares it; the API, the sample
 * file, the checks and the tests follow from the declaration.
 */
export interface RowOperation<Options = unknown> {
  readonly type: OperationType
  /** A few words for people. */
  readonly title: string
  /** What a caller must be allowed, beside adding operations. */
  readonly permission: Permission
  /** The options as they were stored with the operation. Throws on what never was one. */
  options(stored: unknown): Options
  columns(options: Options): readonly Column[]
  /** Makes a column of a header's name that `columns` does not have; null when there may be none. */
  readonly otherColumn: ((name: string) => Column) | null
  /** Name of the column that says what a row is about: it chooses the lane, and repeats are told by it. */
  readonly key: string
  /** Where rows are the files of an archive, and its one column, `file`, reads their names; null for rows of a CSV. */
  readonly content: Content<Options> | null
  /**
   * Rows depend on one another beyond their keys, so that all of them are applied in the order of the file; false where
   * rows of different keys do not care.
   */
  readonly isOrdered: boolean
  /**
   * Rows have effects outside the database, which are carried out once their chunk is committed: their outcomes are
   * told then.
   */
  readonly isDeferred: boolean
  /** Without it, `input` has the declared columns' fields, and `attributes` (jsonb) with the other columns by name. */
  prepare?(options: Options, seal: Seal): Preparation
  /**
   * The set-based statement of a chunk: common table expressions that may use `input`, which has
   * `row_number bigint`, `refused boolean` (the row has mistakes already: it must take no effect,
   * but mistakes that only the database knows are told) and the prepared columns; `$1` is the
   * tenant's id, `$2` the operation's number. The last expressions must be
   * `succeeded (row_number)`, `unchanged (row_number)` and `mistakes (row_number, code, column_name, params)`.
   * Every row that is not refused is in exactly one of the first two or at least once in the third; where the type is
   * deferred, one in `deferred (row_number, subject_id bigint)` is in none of them.
   */
  apply(options: Options): string
}

/** A type whose options are parsed on the way in, so that all types are of one shape. */
export function rowOperation<Options>(declared: RowOperation<Options>): RowOperation {
  const { prepare, content } = declared
  return {
    ...declared,
    columns: (options) => declared.columns(declared.options(options)),
    content: content && {
      column: content.column,
      reader: (options: unknown, at: Date) => content.reader(declared.options(options), at),
    },
    apply: (options) => declared.apply(declared.options(options)),
    ...(prepare && { prepare: (options: unknown, seal: Seal) => prepare(declared.options(options), seal) }),
  }
}
