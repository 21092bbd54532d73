import { FAILED_ROW_COLUMNS } from '@muster/contracts'
import type { Row } from '../ports/index.ts'
import type { Column } from './columns.ts'
import type { RowOperation } from './operation.ts'

export interface HeaderCause {
  readonly title: 'DUPLICATE_COLUMNS' | 'MISSING_COLUMNS' | 'UNKNOWN_COLUMNS'
  /** A sentence that names the columns and says what to do. */
  readonly detail: string
}

/** Characters of a column's name. */
export const MAX_COLUMN_NAME = 128

/** Columns beside the declared ones, where a type takes any. */
export const MAX_OTHER_COLUMNS = 200

/** Everything that is wrong with a header for an operation, empty when nothing is. */
export function checkHeader(operation: RowOperation, options: unknown, header: readonly string[]): HeaderCause[] {
  const columns = operation.columns(options)
  return [
    ...duplicates(header),
    ...columns.filter((column) => column.inHeader && !header.some((name) => same(name, column.name))).map(missing),
    ...unknown(operation, columns, header),
  ]
}

function duplicates(header: readonly string[]): HeaderCause[] {
  const repeated = header.filter(
    (name, index) => header.findIndex((other) => same(other, name)) !== index && name !== '',
  )
  if (repeated.length === 0) return []
  const names = quoted([...new Map(repeated.map((name) => [fold(name), name])).values()])
  return [
    cause(
      'DUPLICATE_COLUMNS',
      `Your file contains duplicate column names: ${names}. Ensure all column headers are unique.`,
    ),
  ]
}

function missing(column: Column): HeaderCause {
  const why = column.wantedBy === null ? '' : `, which the factor config "${column.wantedBy}" needs`
  return cause('MISSING_COLUMNS', `Your file has no column "${column.name}"${why}. Add it to the header.`)
}

function unknown(operation: RowOperation, columns: readonly Column[], header: readonly string[]): HeaderCause[] {
  const others = header.filter((name) => !isOwn(name) && !columns.some((column) => same(column.name, name)))
  const known = quoted(columns.map((column) => column.name))
  const blank = header.flatMap((name, index) => (name === '' ? [index + 1] : []))
  const named = others.filter((name) => name !== '')
  const causes: HeaderCause[] = []
  if (blank.length > 0) {
    causes.push(cause('UNKNOWN_COLUMNS', `Column ${blank.join(', ')} of your file has no name. Name or remove it.`))
  }
  if (named.length > 0 && operation.otherColumn === null) {
    causes.push(
      cause(
        'UNKNOWN_COLUMNS',
        `Your file has columns that are not expected: ${quoted(named)}. Remove them; expected are ${known}.`,
      ),
    )
  }
  const unfit = named.filter((name) => name.length > MAX_COLUMN_NAME || /\p{Cc}/u.test(name))
  if (unfit.length > 0 && operation.otherColumn !== null) {
    causes.push(
      cause(
        'UNKNOWN_COLUMNS',
        `${unfit.length} column names of your file are longer than ${MAX_COLUMN_NAME} characters or hold control characters. Shorten them.`,
      ),
    )
  }
  if (named.length > MAX_OTHER_COLUMNS && operation.otherColumn !== null) {
    causes.push(
      cause(
        'UNKNOWN_COLUMNS',
        `Your file has ${named.length} attribute columns; at most ${MAX_OTHER_COLUMNS} are taken. Remove some.`,
      ),
    )
  }
  return causes
}

function cause(title: HeaderCause['title'], detail: string): HeaderCause {
  return { title, detail }
}

/** Names are shown as they stand, but neither endless nor with control characters. */
function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => `"${name.slice(0, MAX_COLUMN_NAME).replace(/\p{Cc}/gu, '?')}"`)
  return names.length > 20 ? `${shown.join(', ')} and ${names.length - 20} more` : shown.join(', ')
}

/** The cells of the columns that are not ours, in the header's order: 0 is the first. */
export function keptCells(header: readonly string[]): readonly number[] {
  return header.flatMap((name, cell) => (isOwn(name) ? [] : [cell]))
}

/** What a row has in these cells. A row that is no well-formed record has its text in the first. */
export function textsOf(row: Row, kept: readonly number[]): readonly string[] {
  const isMalformed = row.mistake?.code === 'MALFORMED_ROW'
  return kept.map((cell, index) => (isMalformed ? (index === 0 ? row.cells[0] : '') : row.cells[cell]) ?? '')
}

/** One of the columns that a failed-rows file adds: it may come back with a corrected file, and is left out. */
export function isOwn(name: string): boolean {
  return FAILED_ROW_COLUMNS.some((own) => own === name)
}

export function same(one: string, other: string): boolean {
  return fold(one) === fold(other)
}

function fold(name: string): string {
  return name.trim().toLowerCase()
}
