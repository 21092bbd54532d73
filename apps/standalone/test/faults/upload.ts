import type { Muster } from './muster.ts'

/** A row that must fail, and how: one mistake of it. */
export interface Planted {
  readonly row: number
  readonly code: string
  readonly column: string | null
  /** The row that was applied in its stead, where the mistake tells of one. */
  readonly firstRow: number | null
}

/** What is posted to make an operation. */
export interface Form {
  readonly fields: Readonly<Record<string, string>>
  readonly path: string
  readonly fileName: string
}

/** An upload whose outcome is known. */
export interface Upload {
  readonly form: Form
  readonly rows: number
  /** In row order, and of a row in the order in which they are told. */
  readonly planted: readonly Planted[]
  /** Rows that find everything as they want it, in order. */
  readonly unchanged: readonly number[]
  /** Pieces of what it holds, of which neither logs nor Redis may have any. */
  readonly secrets: readonly string[]
  /** Checks what the rows have made, once they all have their outcome: nothing is missing, doubled, or somebody else's. */
  expectMade(databaseUrl: string, operationId: string): Promise<void>
}

/** A kind of upload to break Muster under. */
export interface UploadKind {
  /** What the rows are. */
  readonly title: string
  /** So many that whatever happens to the operation happens in its middle. */
  readonly rows: number
  /**
   * Makes an upload of that many rows, and in the directory what it is about.
   *
   * @param name unlike all others of the same Muster
   */
  make(muster: Muster, name: string, rows: number): Promise<Upload>
}
