import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { z } from 'zod'
import type { ExpectedFailure } from './flaws.ts'

const FAILED_ROW = z.object({
  _row: z.coerce.number(),
  _code: z.string(),
  _column: z.string(),
  _message: z.string(),
})

export interface ToldFailure {
  readonly row: number
  readonly code: string
  /** Null when the whole row is meant. */
  readonly column: string | null
  readonly message: string
}

/** What a failed-rows file tells, in row order. It holds the few rows that the demo spoiled. */
export async function readFailedRows(path: string, encoding: string): Promise<ToldFailure[]> {
  const text = iconv.decode(await readFile(path), encoding)
  const records = z.array(FAILED_ROW).parse(parse(text, { columns: true, bom: true, skip_empty_lines: true }))
  return records.map(({ _row, _code, _column, _message }) => ({
    row: _row,
    code: _code,
    column: _column === '' ? null : _column,
    message: _message,
  }))
}

/** A sentence for each failure that was not expected, or was and is not told. */
export function compareFailures(
  told: readonly ToldFailure[],
  expected: ReadonlyMap<number, ExpectedFailure>,
): string[] {
  const differing = [...expected].flatMap(([row, { code, column }]) => {
    const found = told.filter((failure) => failure.row === row)
    const got = found.map((failure) => describe(failure.code, failure.column)).join(' and ') || 'nothing'
    return got === describe(code, column)
      ? []
      : [`row ${row} should fail with ${describe(code, column)}; the file tells ${got}`]
  })
  const unexpected = told.filter(({ row }) => !expected.has(row))
  return [...differing, ...unexpected.map(({ row, code }) => `row ${row} is good, yet it failed with ${code}`)]
}

function describe(code: string, column: string | null): string {
  return column === null ? code : `${code} (${column})`
}
