import type { Delimiter, Encoding, RowMistake } from '@muster/contracts'

/** A place between two records of a source, from which reading can start. */
export interface Position {
  /** Rows before it: the number of the last row read, 0 at the first data row. */
  readonly row: number
  /** The physical line that starts here, from 1. */
  readonly line: number
  /** Offset in the source's UTF-8 bytes. */
  readonly byte: number
}

/** One record of the source. */
export interface Row {
  /** From 1, the header and blank lines not counted. */
  readonly number: number
  /** The physical line it starts on, from 1. */
  readonly line: number
  /** As many as the header has, unless `mistake` is set; then what could be read, maybe nothing. */
  readonly cells: readonly string[]
  /** Why the record as a whole cannot be used; null when it can. */
  readonly mistake: RowMistake | null
  /** The line and byte after it: with `number` they are the next position. */
  readonly nextLine: number
  readonly nextByte: number
}

/** How a CSV is laid out; found once, from its header. */
export interface Layout {
  readonly delimiter: Delimiter
  /** Cells that every row must have. */
  readonly cells: number
  /** What the client declared. For any but UTF-8, the bytes read are the normalised copy. */
  readonly encoding: Encoding
}

/** Turns bytes into rows, and rows into bytes. */
export interface RowReader {
  /**
   * Decodes to UTF-8 without a byte order mark. Bytes that are none of the encoding's become
   * U+FFFD, which no encoding but UTF-8 can write, so that `read` finds them again; those of UTF-8
   * pass as they are.
   */
  toUtf8(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncIterable<Uint8Array>
  /**
   * Reads the rows from `from` on, in batches, `bytes` starting at `from.byte`. The rows are the
   * same from whichever position reading starts and however the bytes are cut.
   * Memory is bounded by the longest record (1 MiB), not by the source.
   */
  read(bytes: AsyncIterable<Uint8Array>, layout: Layout, from: Position): AsyncIterable<readonly Row[]>
  /** CSV in UTF-8 without a byte order mark, from which `read` has the same cells. */
  write(records: AsyncIterable<readonly string[]>, delimiter: Delimiter): AsyncIterable<Uint8Array>
}
