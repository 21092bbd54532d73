import type { RowMistake } from '@muster/contracts'
import type { FailedRow, InputValue, Position, Row, RowFailure, Statement } from './ports/index.ts'
import type { RowCheck } from './row-check.ts'

/**
 * A row and what its cells became. One flat object without the cells, since it lives until its chunk is
 * committed: what outlives a young generation costs most of the time that collecting garbage takes.
 */
export interface ReadRow {
  readonly number: number
  readonly line: number
  readonly nextLine: number
  readonly nextByte: number
  /** What the row is about; null when that cannot be told. */
  readonly key: string | null
  /** The values of `input`; null when the record itself is unusable. */
  readonly values: readonly InputValue[] | null
  readonly mistakes: readonly RowMistake[]
}

/** The rows of a chunk that belong to one lane. */
export interface Part {
  readonly rows: readonly ReadRow[]
  /** The position after the chunk (or the piece of it): all rows of the lane before it are in this part or an earlier one. */
  readonly end: Position
}

/** Reads rows as they come, batch by batch. */
export async function* readRows(rows: AsyncIterable<readonly Row[]>, check: RowCheck): AsyncGenerator<ReadRow[], void> {
  for await (const batch of rows) yield batch.map((row) => readRow(row, check))
}

function readRow({ number, line, nextLine, nextByte, cells, mistake }: Row, check: RowCheck): ReadRow {
  if (mistake !== null) return { number, line, nextLine, nextByte, key: null, values: null, mistakes: [mistake] }
  const { key, values, mistakes } = check.check(cells)
  return { number, line, nextLine, nextByte, key, values, mistakes }
}

/** The place from which reading goes on after a row. */
export function positionAfter(row: Pick<ReadRow, 'number' | 'nextLine' | 'nextByte'>): Position {
  return { row: row.number, line: row.nextLine, byte: row.nextByte }
}

/** Gives every row to the lane of its key; rows without one are spread by their number. */
export function splitIntoLanes(rows: readonly ReadRow[], lanes: number): ReadRow[][] {
  const parts: ReadRow[][] = Array.from({ length: lanes }, () => [])
  for (const row of rows) parts[(row.key === null ? row.number : hash(row.key)) % lanes]?.push(row)
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
    { rows, end: positionAfter(last) },
    { rows: part.rows.slice(middle), end: part.end },
  ]
}

/** The part's rows, column by column; null when none of them can be asked about. */
export function statementOf(part: Part, check: RowCheck, sql: string): Statement | null {
  const rowNumbers: number[] = []
  const refused: boolean[] = []
  const values: InputValue[][] = check.input.map(() => [])
  for (const row of part.rows) {
    if (row.values === null) continue
    rowNumbers.push(row.number)
    refused.push(row.mistakes.length > 0)
    for (let i = 0; i < values.length; i++) values[i]?.push(row.values[i] ?? null)
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
  for (const { number, line, mistakes } of part.rows) {
    const others = byRow.get(number)
    if (mistakes.length === 0 && others === undefined) continue
    rows++
    for (const { code, column, params } of [...mistakes, ...(others ?? [])]) {
      all.push({ row: number, line, code, column, params })
    }
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
