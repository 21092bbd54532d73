import type { RowMistake } from '@muster/contracts'
import { positionAfter } from './chunks.ts'
import type { FailedRow, InputValue, Position, Row, RowFailure, Statement } from './ports/index.ts'
import type { CheckedRow, RowCheck } from './row-check.ts'

/** A row and what its cells became; null when the record itself is unusable. */
export interface ReadRow {
  readonly row: Row
  readonly checked: CheckedRow | null
}

/** The rows of a chunk that belong to one lane. */
export interface Part {
  readonly rows: readonly ReadRow[]
  /** The position after the chunk (or the piece of it): all rows of the lane before it are in this part or an earlier one. */
  readonly end: Position
}

export function readRow(row: Row, check: RowCheck): ReadRow {
  return { row, checked: row.mistake === null ? check.check(row.cells) : null }
}

function mistakesOf({ row, checked }: ReadRow): readonly RowMistake[] {
  return row.mistake === null ? (checked?.mistakes ?? []) : [row.mistake]
}

/** Gives every row to the lane of its key; rows without one are spread by their number. */
export function splitIntoLanes(rows: readonly ReadRow[], lanes: number): ReadRow[][] {
  const parts: ReadRow[][] = Array.from({ length: lanes }, () => [])
  for (const read of rows) {
    const key = read.checked?.key ?? null
    parts[(key === null ? read.row.number : hash(key)) % lanes]?.push(read)
  }
  return parts
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hash(key: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < key.length; i++) value = Math.imul(value ^ key.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** Two parts that come one after the other and are the same as the one. */
export function halves(part: Part): [Part, Part] {
  const middle = part.rows.length >> 1
  const rows = part.rows.slice(0, middle)
  const last = rows.at(-1)
  if (last === undefined) throw new RangeError('a part of one row has no halves')
  return [
    { rows, end: positionAfter(last.row) },
    { rows: part.rows.slice(middle), end: part.end },
  ]
}

/** The part's rows, column by column; null when none of them can be asked about. */
export function statementOf(part: Part, check: RowCheck, sql: string): Statement | null {
  const rowNumbers: number[] = []
  const refused: boolean[] = []
  const values: InputValue[][] = check.input.map(() => [])
  for (const { row, checked } of part.rows) {
    if (checked === null) continue
    rowNumbers.push(row.number)
    refused.push(checked.mistakes.length > 0)
    for (let i = 0; i < values.length; i++) values[i]?.push(checked.values[i] ?? null)
  }
  if (rowNumbers.length === 0) return null
  const filled = values.map((column) => (column.some((value) => value !== null) ? column : null))
  return { sql, columns: check.input, rowNumbers, refused, values: filled }
}

/** The failed rows of a part in row order: what the checks found, then what the database found. */
export function failedRows(part: Part, found: readonly RowFailure[]): { rows: number; failedRows: FailedRow[] } {
  const byRow = groupByRow(found)
  const all: FailedRow[] = []
  let rows = 0
  for (const read of part.rows) {
    const { number, line } = read.row
    const mistakes = [...mistakesOf(read), ...(byRow.get(number) ?? [])]
    if (mistakes.length === 0) continue
    rows++
    for (const { code, column, params } of mistakes) all.push({ row: number, line, code, column, params })
  }
  return { rows, failedRows: all }
}

function groupByRow(found: readonly RowFailure[]): ReadonlyMap<number, readonly RowFailure[]> {
  const groups = new Map<number, RowFailure[]>()
  for (const failure of found) {
    const group = groups.get(failure.row)
    if (group === undefined) groups.set(failure.row, [failure])
    else group.push(failure)
  }
  return groups
}
