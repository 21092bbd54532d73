import { setImmediate } from 'node:timers/promises'
import type { RowMistake } from '@muster/contracts'
import type { RowCheck } from '../declaration/row-check.ts'
import type { EntryMistake, FailedRow, InputValue, Position, Row, RowFailure, Statement } from '../ports/index.ts'
import type { RowFiles } from '../source/archive.ts'
import { originOf } from '../source/retry-file.ts'

/**
 * A row and what its cells became. One flat object without the cells, since it lives until its chunk is
 * committed: what outlives a young generation costs most of the time that collecting garbage takes.
 */
export interface ReadRow {
  readonly number: number
  readonly line: number
  readonly nextLine: number
  readonly nextByte: number
  /** Bytes of the file that it stands for; 0 where it stands for none. */
  readonly fileBytes: number
  /** What the row is about; null when that cannot be told. */
  readonly key: string | null
  /** The values of `input`; null when the record itself is unusable. */
  readonly values: readonly InputValue[] | null
  readonly mistakes: readonly RowMistake[]
  /** The row of the parent operation that it stands for; null when that is not told. */
  readonly origin: number | null
}

/** The rows of a chunk that belong to one lane. */
export interface Part {
  readonly rows: readonly ReadRow[]
  /** The position after the chunk (or the piece of it): all rows of the lane before it are in this part or an earlier one. */
  readonly end: Position
}

/**
 * Reads rows as they come. `originCell` is the cell that tells a row's origin, null where there is none; `files` has
 * the files that rows stand for, null where they stand for none; one of them at a time is in memory.
 */
export async function* readRows(
  rows: AsyncIterable<readonly Row[]>,
  check: RowCheck,
  originCell: number | null,
  files: RowFiles | null,
): AsyncGenerator<readonly ReadRow[], void> {
  for await (const batch of rows) {
    if (files === null) yield batch.map((row) => readRow(row, check, originCell))
    else yield* readFiles(batch, files, (row, file) => readRow(row, check, originCell, file))
  }
}

// Files that are in memory are read without waiting for anything: locks are still to be renewed, and signals heard.
const LONGEST_MS = 50

async function* readFiles(
  rows: readonly Row[],
  files: RowFiles,
  read: (row: Row, file: Uint8Array | EntryMistake) => ReadRow,
): AsyncGenerator<readonly ReadRow[], void> {
  let since = performance.now()
  for (const row of rows) {
    yield [read(row, await files.read(row))]
    if (performance.now() - since < LONGEST_MS) continue
    await setImmediate()
    since = performance.now()
  }
}

export function readRow(
  row: Row,
  check: RowCheck,
  originCell: number | null,
  file?: Uint8Array | EntryMistake,
): ReadRow {
  const { number, line, nextLine, nextByte, cells, mistake } = row
  const place = { number, line, nextLine, nextByte, fileBytes: file instanceof Uint8Array ? file.length : 0 }
  if (mistake !== null) return { ...place, key: null, values: null, mistakes: [mistake], origin: null }
  const { key, values, mistakes } = check.check(cells, file)
  const origin = originCell === null ? null : originOf(cells[originCell])
  return { ...place, key, values, mistakes, origin }
}

/** The place from which reading goes on after a row. */
export function positionAfter(row: Pick<ReadRow, 'number' | 'nextLine' | 'nextByte'>): Position {
  return { row: row.number, line: row.nextLine, byte: row.nextByte }
}

/** Gives every row to its lane. */
export function splitIntoLanes(rows: readonly ReadRow[], lanes: number): ReadRow[][] {
  const parts: ReadRow[][] = Array.from({ length: lanes }, () => [])
  for (const row of rows) parts[laneOf(row, lanes)]?.push(row)
  return parts
}

/** The lane of the row's key, from 0; rows without one are spread by their number. */
export function laneOf(row: Pick<ReadRow, 'key' | 'number'>, lanes: number): number {
  return (row.key === null ? row.number : hash(row.key)) % lanes
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

/** What became of a part's rows, in row order. */
export interface PartOutcome {
  /** How many rows failed. */
  readonly rows: number
  /** What the checks found, then what the database found. */
  readonly failedRows: readonly FailedRow[]
  /** Origins of the rows that did not fail. */
  readonly origins: readonly number[]
}

export function failedRows(part: Part, found: readonly RowFailure[]): PartOutcome {
  const byRow = groupByRow(found)
  const all: FailedRow[] = []
  const origins: number[] = []
  let rows = 0
  for (const { number, line, mistakes, origin } of part.rows) {
    const others = byRow.get(number)
    if (mistakes.length === 0 && others === undefined) {
      if (origin !== null) origins.push(origin)
      continue
    }
    rows++
    for (const { code, column, params } of [...mistakes, ...(others ?? [])]) {
      all.push({ row: number, line, code, column, params })
    }
  }
  return { rows, failedRows: all, origins }
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
