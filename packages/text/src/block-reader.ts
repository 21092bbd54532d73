import type { RowMistake } from '@muster/contracts'
import type { Layout, Position, Row } from '@muster/engine/ports'
import { hasInvalidBytes } from './invalid-bytes.ts'
import { lineEndFrom, lineEndLength } from './line-ends.ts'
import { parseRecords, type Span } from './parse-records.ts'
import { OVERLONG, RecordScanner } from './record-scanner.ts'

/** A row whose cells are filled in once its block is parsed. */
type Draft = { -readonly [Field in keyof Row]: Row[Field] }

/** A well-formed record of the block being read, and the row it becomes. */
interface RowSpan extends Span {
  readonly row: Draft
}

const NOTHING = Buffer.alloc(0)
const NO_CELLS: readonly string[] = []

/**
 * Makes rows of blocks of bytes that follow one another; what is left of a block is kept for the
 * next. In each block the records are found, the bad ones given up, and the good ones parsed together.
 */
export class BlockReader {
  readonly #layout: Layout
  readonly #scanner: RecordScanner
  /** Bytes not read yet; `#offset`, `#line`: where they, or else the next block, start. */
  #rest: Buffer = NOTHING
  #offset: number
  #line: number
  /** The number of the last row. */
  #row: number
  /** A first line beyond the limit is being passed over: it started on `#line`. */
  #passing = false

  constructor(layout: Layout, from: Position) {
    this.#layout = layout
    this.#scanner = new RecordScanner(layout.delimiter)
    this.#offset = from.byte
    this.#line = from.line
    this.#row = from.row
  }

  /** The rows that are complete with this block. */
  read(block: Buffer): readonly Row[] {
    return this.#rows(this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block]), false)
  }

  /** The rows that are left when no block follows. */
  end(): readonly Row[] {
    return this.#rows(this.#rest, true)
  }

  #rows(bytes: Buffer, complete: boolean): readonly Row[] {
    const rows: Draft[] = []
    const spans: RowSpan[] = []
    let at = this.#passing ? this.#pass(bytes, 0, complete, rows) : 0
    while (at < bytes.length && !this.#passing) {
      const next = this.#next(bytes, at, complete, rows, spans)
      if (next === at) break
      at = next
    }
    this.#fill(bytes, spans)
    this.#rest = bytes.subarray(at)
    this.#offset += at
    return rows
  }

  /** Reads one record or blank line and answers where the next one starts; `at` itself when bytes are missing. */
  #next(bytes: Buffer, at: number, complete: boolean, rows: Draft[], spans: RowSpan[]): number {
    if (lineEndFrom(bytes, at, at + 1) === at) {
      const length = lineEndLength(bytes, at, complete)
      if (length > 0) this.#line++
      return at + length
    }
    const scanner = this.#scanner
    const found = scanner.scan(bytes, at, complete)
    if (found === 'incomplete') return at
    if (found === 'overlong') return this.#pass(bytes, at, complete, rows)
    const { end, next, lineEnds } = scanner
    const problem = found === 'malformed' ? scanner.problem : this.#wrongCount(scanner.cells)
    const row = this.#draft(lineEnds, next)
    rows.push(row)
    if (problem === null) {
      spans.push({ start: at, end, next, row })
    } else {
      row.cells = [bytes.toString('utf8', at, end)]
      row.mistake = malformed(problem)
    }
    return next
  }

  /** Passes over the rest of a line too long to be kept, and answers how far it came. */
  #pass(bytes: Buffer, from: number, complete: boolean, rows: Draft[]): number {
    const end = lineEndFrom(bytes, from, bytes.length)
    const length = end < 0 ? 0 : lineEndLength(bytes, end, complete)
    const next = end < 0 ? bytes.length : end + length
    this.#passing = length === 0 && !complete
    if (this.#passing) return next
    const row = this.#draft(end < 0 ? 0 : 1, next)
    row.mistake = malformed(OVERLONG)
    rows.push(row)
    return next
  }

  #draft(lineEnds: number, next: number): Draft {
    const line = this.#line
    this.#line += lineEnds
    this.#row++
    return {
      number: this.#row,
      line,
      cells: NO_CELLS,
      mistake: null,
      nextLine: this.#line,
      nextByte: this.#offset + next,
    }
  }

  #wrongCount(cells: number): string | null {
    if (cells === this.#layout.cells) return null
    return `${cells} ${cells === 1 ? 'cell' : 'cells'} where the header has ${this.#layout.cells}`
  }

  #fill(bytes: Buffer, spans: readonly RowSpan[]): void {
    const [first] = spans
    const last = spans.at(-1)
    if (first === undefined || last === undefined) return
    const { delimiter, encoding } = this.#layout
    const records = parseRecords(bytes, spans, delimiter)
    const suspect = hasInvalidBytes(bytes.subarray(first.start, last.end), encoding)
    for (const [index, { row, start, end }] of spans.entries()) {
      row.cells = records[index] ?? NO_CELLS
      if (suspect && hasInvalidBytes(bytes.subarray(start, end), encoding)) {
        row.mistake = { code: 'INVALID_BYTES', column: null, params: { encoding } }
      }
    }
  }
}

function malformed(problem: string): RowMistake {
  return { code: 'MALFORMED_ROW', column: null, params: { problem } }
}
