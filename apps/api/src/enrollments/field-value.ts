import type { FieldType } from '@muster/contracts'
import { readDateValue } from './date-value.ts'
import { MOST_DIGITS, readDecimal } from './decimal.ts'
import { ImageRefused, readImageValue } from './image-value.ts'

/** Characters of a text. */
const MOST_TEXT = 1_024

const PRINTABLE = /^[\x20-\x7e]{1,80}$/
// PostgreSQL stores no NUL, and no half of a surrogate pair.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u

/** A value as it is kept, none, or what was expected instead. */
export type ReadValue =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'wrong'; readonly expected: string }

/**
 * Reads a value that a client gives to a field, as it is kept: whatever its spelling, equal values become equal
 * texts. Empty are null, nothing at all, and text of spaces alone. A number may be one of JSON's.
 */
export function readValue(type: FieldType, given: unknown): ReadValue {
  if (given === undefined || given === null) return { kind: 'empty' }
  if (typeof given !== 'string' && typeof given !== 'number') return wrong('text')
  const text = String(given)
  return text.trim() === '' ? { kind: 'empty' } : READERS[type](text)
}

const READERS: { readonly [T in FieldType]: (text: string) => ReadValue } = {
  text: (text) => {
    if (UNPRINTABLE.test(text)) return wrong('text without control characters')
    return isLongerThan(text, MOST_TEXT) ? wrong(`at most ${MOST_TEXT} characters`) : value(text)
  },
  number: (text) =>
    value(readDecimal(text.trim())) ?? wrong(`a number of at most ${MOST_DIGITS} digits on either side of its point`),
  date: (text) =>
    value(readDateValue(text.trim())) ??
    wrong('a day or time that exists, like 2026-04-01, 04/01/2026, 2026-04-01T09:30:00Z or 2026-04-01T09:30:00'),
  image: (text) => {
    try {
      return value(readImageValue(text.trim()))
    } catch (error) {
      if (error instanceof ImageRefused) return { kind: 'wrong', expected: error.message }
      throw error
    }
  },
  barcode: (text) => (PRINTABLE.test(text) ? value(text) : wrong('1 to 80 printable ASCII characters')),
}

function value(text: string): ReadValue
function value(text: string | null): ReadValue | null
function value(text: string | null): ReadValue | null {
  return text === null ? null : { kind: 'value', value: text }
}

function wrong(expected: string): ReadValue {
  return { kind: 'wrong', expected: `expected ${expected}` }
}

/** Characters are code points; text that is short enough in any case is not counted. */
function isLongerThan(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max)
}
