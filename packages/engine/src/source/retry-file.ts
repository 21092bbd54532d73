import type { RowMistake } from '@muster/contracts'
import { keptCells, textsOf } from '../declaration/header.ts'
import type { Row, Source } from '../ports/index.ts'

const ORIGIN = '_row'
const MISTAKE = '_code'

/**
 * The source of an operation that runs the failed and unprocessed rows of another as they are. Its file is made in
 * its first turn: the other's cells (of an archive, where its files are: these are read from there), then the row's number there and, for a record that cannot be used, why (JSON),
 * lest it pass for a good one now that it is written anew. It has no header record.
 *
 * @param key where the operation's own files are
 */
export function retrySource(parent: Source, key: string): Source {
  const kept = keptCells(parent.header).map((cell) => parent.header[cell] ?? '')
  return { ...parent, key, isRetry: true, header: [...kept, ORIGIN, MISTAKE], start: { row: 0, line: 1, byte: 0 } }
}

/** Rows as records of such a file. */
export async function* retryRecords(
  parentHeader: readonly string[],
  rows: AsyncIterable<readonly Row[]>,
): AsyncGenerator<readonly string[], void> {
  const kept = keptCells(parentHeader)
  for await (const batch of rows) {
    for (const row of batch) {
      yield [...textsOf(row, kept), String(row.number), row.mistake === null ? '' : JSON.stringify(row.mistake)]
    }
  }
}

/** A row of such a file with the mistake that its record had in the first place. */
export function asItWas(row: Row): Row {
  const mistake = row.cells.at(-1) ?? ''
  return mistake === '' || row.mistake?.code === 'MALFORMED_ROW'
    ? row
    : { ...row, mistake: JSON.parse(mistake) as RowMistake }
}

/** The cell that tells which row of the parent a row stands for; null when the operation is no retry or has none. */
export function originCell(claim: { readonly parentNumber: bigint | null; readonly source: Source }): number | null {
  const cell = claim.parentNumber === null ? -1 : claim.source.header.indexOf(ORIGIN)
  return cell < 0 ? null : cell
}

/** The row number in such a cell; null for what is none. */
export function originOf(cell: string | undefined): number | null {
  const text = cell?.trim() ?? ''
  // 15 digits: what a number keeps exactly.
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
}
