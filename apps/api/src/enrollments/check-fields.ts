import type { DesignField } from '@muster/contracts'
import type { FieldChanges, RecordFields } from '@muster/database'
import { shownName } from '../dialects/native/request-body.ts'
import { readValue } from './field-value.ts'

/** A field as a client gives it. */
export interface GivenField {
  readonly name: string
  readonly value?: unknown
}

/** Values as they are kept, or a sentence for each thing wrong with them: of names, never of values. */
export interface Checked<T> {
  readonly values: T
  readonly mistakes: readonly string[]
}

/** Unknown names that a sentence tells. */
const SHOWN = 5

/** Checks the fields of a record that is to be made: those that are required must have a value. */
export function checkNewFields(fields: readonly DesignField[], given: readonly GivenField[]): Checked<RecordFields> {
  const { values, mistakes } = read(fields, given)
  const filled = Object.fromEntries([...values].flatMap(([name, value]) => (value === null ? [] : [[name, value]])))
  const missing = fields.filter(({ name, required }) => required && (values.get(name) ?? null) === null)
  // What has a mistake already is not missing as well.
  const untold = missing.filter(({ name }) => !mistakes.some(({ field }) => field === name))
  return { values: filled, mistakes: [...mistakes.map(told), ...untold.map(({ name }) => mustBeFilled(name))] }
}

/** Checks the fields of a record that are to be changed; one that is empty is emptied, unless it is required. */
export function checkChangedFields(
  fields: readonly DesignField[],
  given: readonly GivenField[],
): Checked<FieldChanges> {
  const { values, mistakes } = read(fields, given)
  const emptied = fields.filter(({ name, required }) => required && values.get(name) === null)
  return {
    values: Object.fromEntries(values),
    mistakes: [...mistakes.map(told), ...emptied.map(({ name }) => mustBeFilled(name))],
  }
}

/** Checks the values that records are searched by; each must be there. */
export function checkSearchedFields(
  fields: readonly DesignField[],
  given: readonly GivenField[],
): Checked<RecordFields> {
  const { values, mistakes } = read(fields, given)
  const filled = [...values].flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]]))
  const empty = [...values].flatMap(([name, value]) => (value === null ? [`${name}: give the value to look for.`] : []))
  return { values: Object.fromEntries(filled), mistakes: [...mistakes.map(told), ...empty] }
}

interface FieldMistake {
  /** Null: of names that the design has not. */
  readonly field: string | null
  readonly problem: string
}

interface Read {
  /** Null is an empty value. */
  readonly values: ReadonlyMap<string, string | null>
  readonly mistakes: readonly FieldMistake[]
}

function read(fields: readonly DesignField[], given: readonly GivenField[]): Read {
  const byName = new Map(fields.map((field) => [field.name, field]))
  const values = new Map<string, string | null>()
  const mistakes = new Map<string, FieldMistake>()
  const seen = new Set<string>()
  const unknown = new Set<string>()
  for (const { name, value } of given) {
    const field = byName.get(name)
    if (field === undefined) unknown.add(shownName(name))
    else if (seen.has(name)) mistakes.set(name, { field: name, problem: 'give it once' })
    else {
      seen.add(name)
      const result = readValue(field.type, value)
      if (result.kind === 'wrong') mistakes.set(name, { field: name, problem: result.expected })
      else values.set(name, result.kind === 'empty' ? null : result.value)
    }
  }
  return { values, mistakes: [...mistakes.values(), ...unknownNames([...unknown])] }
}

function unknownNames(names: readonly string[]): readonly FieldMistake[] {
  if (names.length === 0) return []
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return [{ field: null, problem: `${names.slice(0, SHOWN).join(', ')}${more}: the design has no such field` }]
}

function told({ field, problem }: FieldMistake): string {
  return field === null ? `${problem}.` : `${field}: ${problem}.`
}

function mustBeFilled(name: string): string {
  return `${name}: must be filled.`
}
