import { FAILED_ROW_COLUMNS } from '@muster/contracts'

// What spreadsheets run as a formula: https://owasp.org/www-community/attacks/CSV_Injection
const GUARDED = /^'+[=+\-@\t\r]/
const TO_GUARD = /^'*[=+\-@\t\r]/

/** The cell as it may be shown to a spreadsheet: what would run as a formula has one more `'` in front. */
export function guarded(cell: string): string {
  return TO_GUARD.test(cell) ? `'${cell}` : cell
}

/** What `guarded` was given, whatever that was. */
export function unguarded(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell
}

/** True for the header of a failed-rows file, corrected or not: the cells of such a file are guarded. */
export function isFailedRowsFile(header: readonly string[]): boolean {
  return FAILED_ROW_COLUMNS.every((own) => header.includes(own))
}

/** A header that was read from a file as it is meant: without the guard where the file is a failed-rows file. */
export function meantHeader(header: readonly string[]): readonly string[] {
  return isFailedRowsFile(header) ? header.map(unguarded) : header
}
