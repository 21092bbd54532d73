import type { RowCode, RowParams } from '@muster/contracts'
import type { InputType, InputValue } from '../ports/index.ts'

/** Why a cell cannot be used. */
export class Wrong {
  readonly code: RowCode
  readonly params: RowParams | undefined
  constructor(code: RowCode, params?: RowParams) {
    this.code = code
    this.params = params
  }
}

/** What a cell's text must be, in keywords of JSON Schema (draft 2020-12). */
export interface CellSchema {
  /** For people: what belongs here. */
  readonly description?: string
  /** Unicode code points. */
  readonly maxLength?: number
  readonly format?: 'idn-email'
  /** A regular expression of ECMAScript's, with its flag `u`. */
  readonly pattern?: string
}

/** A column of a file: how its cells are read, and what they become in the relation `input`. */
export interface Column {
  /** The header's name; compared without regard to case and surrounding space. */
  readonly name: string
  /** The column of `input`, a lower-case SQL name. */
  readonly field: string
  readonly type: InputType
  /** The header must have it. */
  readonly inHeader: boolean
  /** Every row must fill it. */
  readonly required: boolean
  /** Who wants it, for the message when the header lacks it: a factor config's name, or null. */
  readonly wantedBy: string | null
  /** Cells for the sample file, which the import accepts. */
  readonly example: readonly [string, string]
  /** What can be told of a cell that is not empty without reading it; `read` may find more wrong. */
  readonly schema: CellSchema
  /** Reads a cell that is not empty, surrounding space removed. */
  read(cell: string): InputValue | Wrong
}

/** What a column is beside its name and field; all but `example` have defaults. */
export interface ColumnOptions {
  readonly required?: boolean
  /** Defaults to `required`. */
  readonly inHeader?: boolean
  readonly wantedBy?: string
  /** Characters (Unicode code points) that fit; 255 by default. */
  readonly max?: number
  /** A few words for people. */
  readonly description?: string
  readonly example: readonly [string, string]
}

/** Text of at most `max` characters that `check`, where there is one, finds nothing wrong with. */
export function text(
  name: string,
  field: string,
  options: ColumnOptions,
  check?: (cell: string) => Wrong | null,
): Column {
  const max = options.max ?? 255
  const tooLong = new Wrong('TOO_LONG', { max })
  return column(name, field, 'text', options, { maxLength: max }, (cell) => {
    if (cell.length > max && characters(cell) > max) return tooLong
    if (cell.includes('\0')) return HOLDS_NUL
    return check?.(cell) ?? cell
  })
}

const HOLDS_NUL = new Wrong('INVALID_VALUE', { expected: 'text without NUL characters' })

/** Code points, not UTF-16 units: what a person would count. */
function characters(cell: string): number {
  let count = 0
  for (const _ of cell) count++
  return count
}

// One @, no white space or control characters, a dot in the domain: what RFC 5321 §4.1.2 allows, without
// quoted local parts and address literals, and open to internationalised ones (RFC 6531).
const EMAIL =
  /^[^\s@"(),:;<>[\\\]\p{Cc}]{1,64}@(?=.{4,253}$)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u
const INVALID_EMAIL = new Wrong('INVALID_EMAIL')

/** An email address of at most 254 characters (RFC 5321, erratum 1690). */
export function email(name: string, field: string, options: ColumnOptions): Column {
  const address = text(name, field, { max: 254, ...options }, (cell) =>
    EMAIL.test(cell) && !cell.startsWith('.') && !cell.includes('..') && !cell.includes('.@') ? null : INVALID_EMAIL,
  )
  return { ...address, schema: { ...address.schema, format: 'idn-email' } }
}

/** An email address that names somebody: A to Z are folded, as the directory's index does. */
export function emailKey(name: string, field: string, options: ColumnOptions): Column {
  const address = email(name, field, options)
  const read = (cell: string): InputValue | Wrong => {
    const value = address.read(cell)
    return typeof value === 'string' ? foldAscii(value) : value
  }
  return { ...address, read }
}

/** Lower-cases A to Z and nothing else, like PostgreSQL's `lower` under collation "C". */
export function foldAscii(value: string): string {
  return value.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
}

/** Text that the pattern, which has no flags but `u`, matches. */
export function matching(name: string, field: string, options: ColumnOptions, pattern: RegExp, wrong: Wrong): Column {
  const matched = text(name, field, options, (cell) => (pattern.test(cell) ? null : wrong))
  return { ...matched, schema: { ...matched.schema, pattern: pattern.source } }
}

const E164 = /^\+[1-9]\d{6,14}$/u
const INVALID_PHONE = new Wrong('INVALID_PHONE')

/** A telephone number in E.164: `+`, then 7 to 15 digits that do not begin with 0. */
export function phone(name: string, field: string, options: ColumnOptions): Column {
  return matching(name, field, options, E164, INVALID_PHONE)
}

const FLAG = '^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$'
const INVALID_FLAG = new Wrong('INVALID_VALUE', { expected: 'TRUE or FALSE' })

/** `TRUE` or `FALSE`, without regard to case; empty is FALSE. */
export function flag(name: string, field: string, options: ColumnOptions): Column {
  return column(name, field, 'boolean', options, { pattern: FLAG }, (cell) => {
    const folded = cell.length > 5 ? '' : cell.toUpperCase()
    return folded === 'TRUE' ? true : folded === 'FALSE' ? false : INVALID_FLAG
  })
}

function column(
  name: string,
  field: string,
  type: InputType,
  options: ColumnOptions,
  schema: CellSchema,
  read: Column['read'],
): Column {
  const { required = false, description } = options
  return {
    name,
    field,
    type,
    inHeader: options.inHeader ?? required,
    required,
    wantedBy: options.wantedBy ?? null,
    example: options.example,
    schema: { ...(description !== undefined && { description }), ...schema },
    read,
  }
}
