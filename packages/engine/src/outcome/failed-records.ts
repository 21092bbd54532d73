import { FAILED_ROW_COLUMNS, rowMessage } from '@muster/contracts'
import { keptCells, textsOf } from '../declaration/header.ts'
import type { FailedRow, Row } from '../ports/index.ts'
import { guarded } from '../source/formula-guard.ts'

/**
 * The failed rows as records of a CSV: the original columns as they stand, then row number, line,
 * codes, columns and messages (several mistakes are joined by `; `). The header comes first.
 * A row that is no well-formed record has its text in the first cell. Cells that a spreadsheet would run as
 * formulas are guarded.
 *
 * @param header of the source
 * @param rows of the source, from its start, as `sourceRows` reads them
 * @param failures in row order
 */
export async function* failedRecords(
  header: readonly string[],
  rows: AsyncIterable<readonly Row[]>,
  failures: AsyncIterable<readonly FailedRow[]>,
): AsyncIterable<readonly string[]> {
  const kept = keptCells(header)
  yield [...kept.map((cell) => guarded(header[cell] ?? '')), ...FAILED_ROW_COLUMNS]
  const failed = byRow(failures)
  let next = await failed.next()
  if (next.done) return
  for await (const batch of rows) {
    for (const row of batch) {
      if (row.number !== next.value.row) continue
      yield [...textsOf(row, kept), ...next.value.columns].map(guarded)
      next = await failed.next()
      if (next.done) return
    }
  }
}

interface Told {
  readonly row: number
  /** The five columns of ours. */
  readonly columns: readonly string[]
}

/** One entry a row, its mistakes joined. */
async function* byRow(failures: AsyncIterable<readonly FailedRow[]>): AsyncGenerator<Told, void> {
  let mistakes: FailedRow[] = []
  for await (const batch of failures) {
    for (const failure of batch) {
      const [first] = mistakes
      if (first !== undefined && first.row !== failure.row) {
        yield told(first, mistakes)
        mistakes = []
      }
      mistakes.push(failure)
    }
  }
  const [first] = mistakes
  if (first !== undefined) yield told(first, mistakes)
}

function told({ row, line }: FailedRow, mistakes: readonly FailedRow[]): Told {
  const joined = (part: (mistake: FailedRow) => string) => mistakes.map(part).join('; ')
  const columns = [String(row), String(line), joined((m) => m.code), joined((m) => m.column ?? ''), joined(rowMessage)]
  return { row, columns }
}
