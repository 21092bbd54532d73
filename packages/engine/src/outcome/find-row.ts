import type { OperationType } from '@muster/contracts'
import type { RowOperation, Seal } from '../declaration/operation.ts'
import { rowCheck } from '../declaration/row-check.ts'
import { Fault } from '../fault.ts'
import { FileMissing, type Position, type Row } from '../ports/index.ts'
import { type SourceReading, type StoredSource, sourceRows } from '../source/source-rows.ts'
import { laneOf } from '../turn/part.ts'
import { positionAfter, readRow } from '../turn/read-rows.ts'

/** What is needed to read a row again. */
export interface RowFinding extends SourceReading {
  readonly operations: Readonly<Record<string, RowOperation>>
  readonly seal: Seal
}

/** Where a row is. */
export interface FoundRow {
  /** The physical line it starts on. */
  readonly line: number
  /** Where it starts: in the file when that is UTF-8, else in its copy. */
  readonly byte: number
  /** The lane that its key gives it to. */
  readonly lane: number
}

/**
 * Reads a row of an operation's source again. Null when the file is gone or has no such row.
 *
 * @param before a position before the row, from which to read; null for the first row
 * @param lanes how many the operation has
 */
export async function findRow(
  operation: StoredSource & { readonly type: OperationType; readonly options: unknown; readonly createdAt: Date },
  number: number,
  before: Position | null,
  lanes: number,
  finding: RowFinding,
): Promise<FoundRow | null> {
  const { source, type, options, createdAt: at } = operation
  const declared = finding.operations[type]
  if (declared === undefined) throw new RangeError(`operations of type ${type} are not known here`)
  try {
    const found = await readTo(number, operation, before ?? source.start, finding)
    if (found === null) return null
    const { row, after } = found
    const read = readRow(row, rowCheck(declared, { options, header: source.header, seal: finding.seal, at }), null)
    const blank = row.line === after.line ? 0 : await lineEnds(operation, after.byte, finding)
    return { line: row.line, byte: after.byte + blank, lane: laneOf(read, lanes) }
  } catch (error) {
    if (error instanceof Fault || error instanceof FileMissing) return null
    throw error
  }
}

/** The row of that number, and the position after the one before it. */
async function readTo(
  number: number,
  operation: StoredSource,
  from: Position,
  reading: SourceReading,
): Promise<{ row: Row; after: Position } | null> {
  let after = from
  for await (const batch of sourceRows(operation, from, reading)) {
    // Rows are numbered without gaps.
    const index = number - after.row - 1
    const row = batch[index]
    const previous = row === undefined ? batch.at(-1) : batch[index - 1]
    if (previous !== undefined) after = positionAfter(previous)
    if (row !== undefined) return { row, after }
  }
  return null
}

const LF = 0x0a
const CR = 0x0d

/** How many bytes from `byte` on are line ends: blank lines are no rows. */
async function lineEnds(
  { source, normalisedKey }: StoredSource,
  byte: number,
  { files }: SourceReading,
): Promise<number> {
  let count = 0
  for await (const chunk of files.read(normalisedKey ?? source.key, byte)) {
    const other = chunk.findIndex((each) => each !== LF && each !== CR)
    if (other >= 0) return count + other
    count += chunk.length
  }
  return count
}
