import type { RowCheck } from '../declaration/row-check.ts'
import type { Applied, FailedRow, InputValue, OutboxRow, Position, RowFailure, Statement } from '../ports/index.ts'
import { positionAfter, type ReadRow } from './read-rows.ts'

/** The rows of a chunk that belong to one lane. */
export interface Part {
  readonly rows: readonly ReadRow[]
  /** The position after the chunk (or the piece of it): all rows of the lane before it are in this part or an earlier one. */
  readonly end: Position
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
export function statementOf(
  part: Part,
  check: RowCheck,
  { sql, isDeferred }: Pick<Statement, 'sql' | 'isDeferred'>,
): Statement | null {
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
  return { sql, isDeferred, columns: check.input, rowNumbers, refused, values: filled }
}

/** What became of a part's rows, in row order. */
export interface PartOutcome {
  /** How many rows failed. */
  readonly rows: number
  /** What the checks found, then what the database found. */
  readonly failedRows: readonly FailedRow[]
  /** Origins of the rows that did not fail, those to come left out. */
  readonly origins: readonly number[]
  /** Rows whose outcome is told later. */
  readonly deferred: readonly OutboxRow[]
}

export function partOutcome(part: Part, applied: Pick<Applied, 'failures' | 'deferred'>): PartOutcome {
  const byRow = groupByRow(applied.failures)
  const subjects = new Map(applied.deferred.map(({ row, subject }) => [row, subject]))
  const all: FailedRow[] = []
  const origins: number[] = []
  const deferred: OutboxRow[] = []
  let rows = 0
  for (const { number, line, mistakes, origin } of part.rows) {
    const others = byRow.get(number)
    if (mistakes.length === 0 && others === undefined) {
      const subject = subjects.get(number)
      if (subject !== undefined) deferred.push({ row: number, line, origin, subject })
      else if (origin !== null) origins.push(origin)
      continue
    }
    rows++
    for (const { code, column, params } of [...mistakes, ...(others ?? [])]) {
      all.push({ row: number, line, code, column, params })
    }
  }
  return { rows, failedRows: all, origins, deferred }
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
