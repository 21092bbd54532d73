import type { RowMistake } from '@muster/contracts'
import type { EntryMistake, InputColumn, InputValue } from '../ports/index.ts'
import { type Column, Wrong } from './columns.ts'
import { isOwn, same } from './header.ts'
import type { Mistaken, Preparation, ReadContent, RowOperation, Seal } from './operation.ts'

/** A row whose cells have been looked at. */
interface CheckedRow {
  /** What the row is about, or null when the key's cell is empty or wrong. */
  readonly key: string | null
  /** One value for each of the plan's input columns. */
  readonly values: readonly InputValue[]
  /** Everything found wrong so far; empty when nothing is. */
  readonly mistakes: readonly RowMistake[]
}

/** How an operation's rows are checked, worked out once from its header. */
export interface RowCheck {
  readonly input: readonly InputColumn[]
  /** About how many bytes a row may grow by: its other columns' names go with it, and each may be a mistake. */
  readonly growth: number
  /** @param file what is in the row's file, or why that cannot be used; left out where rows have none, or only the key is of interest */
  check(cells: readonly string[], file?: Uint8Array | EntryMistake): CheckedRow
}

/** Of memory, for one mistake of one row. */
const BYTES_A_MISTAKE = 100

const NONE: readonly RowMistake[] = []
const NOTHING: readonly Mistaken[] = []
const REQUIRED = new Wrong('REQUIRED')

interface Cell {
  /** Of the file. */
  readonly cell: number
  readonly column: Column
}

/** What a row's check depends on. */
export interface CheckTerms {
  readonly options: unknown
  readonly header: readonly string[]
  readonly seal: Seal
  /** When the operation was asked for. */
  readonly at: Date
}

export function rowCheck(operation: RowOperation, { options, header, seal, at }: CheckTerms): RowCheck {
  const columns = operation.columns(options)
  const find = (column: Column) => header.findIndex((name) => same(name, column.name))
  const declared: Cell[] = columns.map((column) => ({ column, cell: find(column) }))
  const others = otherCells(operation, columns, header)
  const preparation =
    operation.prepare?.(options, seal) ?? asTheyAre(columns, others.length > 0 || operation.otherColumn !== null)
  const key = columns.findIndex((column) => column.name === operation.key)
  const { content } = operation
  const readContent = content?.reader(options, at) ?? null

  return {
    input: content === null ? preparation.columns : [...preparation.columns, content.column],
    growth: others.reduce((bytes, { column }) => bytes + column.name.length + BYTES_A_MISTAKE, 0),
    check(cells, file) {
      const mistakes: RowMistake[] = []
      const values = declared.map((each) => readCell(each, cells, mistakes))
      const read = readContent === null ? null : [readFile(readContent, file, mistakes)]
      const named = others.length === 0 ? null : attributes(others, cells, mistakes)
      if (mistakes.length === 0) for (const each of preparation.check(values)) mistakes.push(asMistake(each))
      const keyValue = values[key]
      return {
        key: typeof keyValue === 'string' ? keyValue : null,
        values: withContent(preparation.values(operation.otherColumn === null ? values : [...values, named]), read),
        mistakes: mistakes.length === 0 ? NONE : mistakes,
      }
    },
  }
}

function readCell({ cell, column }: Cell, cells: readonly string[], mistakes: RowMistake[]): InputValue {
  if (cell < 0 && !column.required) return null
  const value = cells[cell]?.trim() ?? ''
  const read = value !== '' ? column.read(value) : column.required ? REQUIRED : null
  if (!(read instanceof Wrong)) return read
  mistakes.push(asMistake({ column, wrong: read }))
  return null
}

/** The value that a row's file becomes. */
function readFile(read: ReadContent, file: Uint8Array | EntryMistake | undefined, mistakes: RowMistake[]): InputValue {
  if (file === undefined) return null
  const value = file instanceof Uint8Array ? read(file) : [new Wrong(file.code, file.params)]
  if (!isWrong(value)) return value
  for (const wrong of value) mistakes.push(asMistake({ column: null, wrong }))
  return null
}

function isWrong(value: InputValue | readonly Wrong[]): value is readonly Wrong[] {
  return Array.isArray(value)
}

function withContent(values: readonly InputValue[], content: readonly InputValue[] | null): readonly InputValue[] {
  return content === null ? values : [...values, ...content]
}

function asMistake({ column, wrong }: { column: Column | null; wrong: Wrong }): RowMistake {
  return { code: wrong.code, column: column?.name ?? null, params: wrong.params }
}

function otherCells(operation: RowOperation, columns: readonly Column[], header: readonly string[]): Cell[] {
  const { otherColumn } = operation
  if (otherColumn === null) return []
  return header.flatMap((name, cell) =>
    isOwn(name) || columns.some((column) => same(column.name, name)) ? [] : [{ cell, column: otherColumn(name) }],
  )
}

/** The other columns' cells by name, as JSON; null when all are empty. */
function attributes(others: readonly Cell[], cells: readonly string[], mistakes: RowMistake[]): string | null {
  const entries: [string, InputValue][] = []
  for (const other of others) {
    const value = readCell(other, cells, mistakes)
    if (value !== null) entries.push([other.column.name, value])
  }
  return entries.length === 0 ? null : JSON.stringify(Object.fromEntries(entries))
}

/** The preparation of a type that declares none. */
function asTheyAre(columns: readonly Column[], withAttributes: boolean): Preparation {
  const input: InputColumn[] = columns.map(({ field, type }) => ({ name: field, type }))
  if (withAttributes) input.push({ name: 'attributes', type: 'jsonb' })
  return { columns: input, check: () => NOTHING, values: (values) => values }
}
