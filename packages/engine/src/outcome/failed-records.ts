import { FAILED_ENTRY_COLUMNS, FAILED_ROW_COLUMNS, rowMessage } from '@muster/contracts'
import { keptCells, textsOf } from '../declaration/header.ts'
import type { FailedRow, Row, Source } from '../ports/index.ts'
import { FILE_CELL } from '../source/archive-list.ts'
import { guarded } from '../source/formula-guard.ts'

/**
 * The failed rows as records of a CSV: the original columns as they stand, then row number, line,
 * codes, columns and messages (several mistakes are joined by `; `). The header comes first.
 * A row that is no well-formed record has its text in the first cell. Of an archive, the file's name comes first, then
 * row number, codes and messages. Cells that a spreadsheet would run as formulas are guarded.
 *
 * @param rows of the source, from its start, as `sourceRows` reads them
 * @param failures in row order
 */
export async function* failedRecords(
  { kind, header }: Pick<Source, 'kind' | 'header'>,
  rows: AsyncIterable<readonly Row[]>,
  failures: AsyncIterable<readonly FailedRow[]>,
): AsyncIterable<readonly string[]> {
  const isArchive = kind === 'zip'
  const kept = isArchive ? [FILE_CELL] : keptCells(header)
  yield isArchive ? FAILED_ENTRY_COLUMNS : [...kept.map((cell) => guarded(header[cell] ?? '')), ...FAILED_ROW_COLUMNS]
  const failed = byRow(failures)
  let next = await failed.next()
  if (next.done) return
  for await (const batch of rows) {
    for (const row of batch) {
      if (row.number !== next.value.row) continue
      const { row: number, line, codes, columns, messages } = next.value
      const own = isArchive ? [String(number), codes, messages] : [String(number), line, codes, columns, messages]
      yield [...textsOf(row, kept), ...own].map(guarded)
      next = await failed.next()
      if (next.done) return
    }
  }
}

interface Told {
  readonly row: number
  readonly line: string
  /** Those of all its mistakes, joined; so are the others. */
  readonly codes: string
  readonly columns: string
  readonly messages: string
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
  return {
    row,
    line: String(line),
    codes: joined((m) => m.code),
    columns: joined((m) => m.column ?? ''),
    messages: joined(rowMessage),
  }
}
