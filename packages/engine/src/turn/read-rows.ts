import { setImmediate } from 'node:timers/promises'
import type { RowMistake } from '@muster/contracts'
import type { RowCheck } from '../declaration/row-check.ts'
import type { EntryMistake, InputValue, Position, Row } from '../ports/index.ts'
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
  const fileBytes = file instanceof Uint8Array ? file.length : 0
  if (mistake !== null) {
    return { number, line, nextLine, nextByte, fileBytes, key: null, values: null, mistakes: [mistake], origin: null }
  }
  const { key, values, mistakes } = check.check(cells, file)
  const origin = originCell === null ? null : originOf(cells[originCell])
  return { number, line, nextLine, nextByte, fileBytes, key, values, mistakes, origin }
}

/** The place from which reading goes on after a row. */
export function positionAfter(row: Pick<ReadRow, 'number' | 'nextLine' | 'nextByte'>): Position {
  return { row: row.number, line: row.nextLine, byte: row.nextByte }
}
