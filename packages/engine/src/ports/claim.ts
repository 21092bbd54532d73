import type { Delimiter, Encoding, OperationType } from '@muster/contracts'
import type { Position } from './rows.ts'

/** What every source is, whatever kind of file was sent. */
interface AnySource {
  /** The upload's key in the file store. */
  readonly key: string
  /** As the client named it. */
  readonly fileName: string
  readonly bytes: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
  readonly encoding: Encoding
  readonly delimiter: Delimiter
  /** The names of the rows' cells; of a CSV, its header as it stands, surrounding space removed. */
  readonly header: readonly string[]
  /** Where the first row is, in UTF-8 bytes. */
  readonly start: Position
  /**
   * Only where Muster makes the file in the first turn, of the parent's failed and unprocessed rows as they are: file
   * name, bytes and hash are the parent's upload's, and the copy in UTF-8 is the file.
   */
  readonly isRetry?: true
}

/** A CSV with a header record. */
export interface CsvSource extends AnySource {
  readonly kind: 'csv'
}

/**
 * A ZIP: each of its files is a row. Its copy in UTF-8, made in the first turn, is a CSV without a header record that
 * lists them; encoding, delimiter, header and start are that list's.
 */
export interface ZipSource extends AnySource {
  readonly kind: 'zip'
  /** The archive's key in the file store. Of a retry, the archive is the first operation's. */
  readonly archive: string
}

/** A list of ids: each is a row. Its file is a CSV of one column without a header record, which Muster writes. */
export interface IdsSource extends AnySource {
  readonly kind: 'ids'
}

/** Where an operation's rows come from. */
export type Source = CsvSource | ZipSource | IdsSource

/** When failed rows end an operation; null where they do not. */
export interface FailurePolicy {
  /** More failed rows than that. */
  readonly maxFailedRows: number | null
  /** A greater part of the rows that have an outcome, 0 to 1, once these are 1,000. */
  readonly maxFailedRatio: number | null
}

/** Rows by outcome. */
export interface Counts {
  readonly succeeded: number
  /** Already as asked. */
  readonly unchanged: number
  /** Rows, not mistakes. */
  readonly failed: number
}

/** An operation in the hands of one worker. */
export interface Claim {
  readonly number: bigint
  readonly id: string
  readonly tenantId: number
  readonly type: OperationType
  readonly options: unknown
  /** When it was asked for. */
  readonly createdAt: Date
  /** For how many seconds it could have had turns, or could again after its last pause, when it was claimed. */
  readonly eligibleSeconds: number
  readonly source: Source
  /** The key of the source in UTF-8, once it is made; null before, and for a source that is UTF-8 itself. */
  readonly normalisedKey: string | null
  /** Ever growing; writes with an older one are refused. */
  readonly lease: bigint
  /** One a lane: the position after the last row that the lane has committed. */
  readonly checkpoints: readonly Position[]
  /** The operation whose rows it runs again; null when it is no retry. */
  readonly parentNumber: bigint | null
  readonly policy: FailurePolicy
  /** All lanes together, up to their checkpoints. */
  readonly counts: Counts
}

/** An operation that has ended and whose rows are run again. */
export interface Parent {
  readonly source: Source
  /** As in a claim. */
  readonly normalisedKey: string | null
  /** One a lane: the number of the last row that the lane has committed; empty when it was never claimed. */
  readonly checkpoints: readonly number[]
}

/** Numbers of a parent's rows. */
export interface ParentRows {
  /** Or applied, while what they do outside the database was not carried out. */
  readonly failed: ReadonlySet<number>
  /** Brought through by a retry since; they failed or were not reached. */
  readonly resolved: ReadonlySet<number>
}

/** An operation that ended before all rows of its source were read. */
export interface Uncounted {
  readonly number: bigint
  readonly id: string
  readonly source: Source
  /** As in a claim. */
  readonly normalisedKey: string | null
  /** The furthest that its rows were ever read or counted to. */
  readonly from: Position
}
