import type { EnrolledField, Enrollment } from '@muster/engine/ports'
import type { CardFonts, FontName } from './fonts.ts'
import { type Lettering, lettering } from './lettering.ts'
import { readPhoto } from './photo.ts'
import { Problem } from './problem.ts'
import { type BarcodeSymbol, symbolOf } from './symbol.ts'

/** A field that is read: its name and its value. */
export interface FaceRow {
  readonly label: Lettering
  readonly value: Lettering
}

/** What is on a card, ready to be drawn. */
export interface CardFace {
  readonly organization: Lettering
  readonly design: Lettering
  /** Text, numbers and dates, in the design's order. */
  readonly rows: readonly FaceRow[]
  readonly photos: readonly Buffer[]
  readonly symbols: readonly BarcodeSymbol[]
}

/**
 * Reads an enrollment's values.
 *
 * @param width points that there are for barcodes side by side
 */
export function cardFace(
  { organization, design, fields }: Enrollment,
  fonts: CardFonts,
  width: number,
): CardFace | Problem {
  const letters = (text: string, font: FontName) => lettering(text, font, fonts)
  const barcodes = fields.filter(({ type }) => type === 'barcode')
  const headline = letters(organization, 'bold')
  const subline = letters(design, 'regular')
  const rows = all(fields.filter(isRead).map((field) => faceRow(field, letters)))
  const photos = all(fields.filter(({ type }) => type === 'image').map(({ value }) => readPhoto(value)))
  const symbols = all(barcodes.map(({ value }) => symbolOf(value, width / barcodes.length)))
  if (headline instanceof Problem) return headline
  if (subline instanceof Problem) return subline
  if (rows instanceof Problem) return rows
  if (photos instanceof Problem) return photos
  if (symbols instanceof Problem) return symbols
  return { organization: headline, design: subline, rows, photos, symbols }
}

function isRead({ type }: EnrolledField): boolean {
  return type !== 'image' && type !== 'barcode'
}

function faceRow(
  { name, type, value }: EnrolledField,
  letters: (text: string, font: FontName) => Lettering | Problem,
): FaceRow | Problem {
  const label = letters(name, 'regular')
  const shown = letters(type === 'date' ? shownDate(value) : value, 'bold')
  if (label instanceof Problem) return label
  return shown instanceof Problem ? shown : { label, value: shown }
}

/** `2027-01-31`, or `2027-01-31 13:15 UTC` of a date with a time. */
function shownDate(value: string): string {
  return value.replace(/^(\S{10})T(\d\d:\d\d)(:\d\d)?Z$/, '$1 $2 UTC')
}

/** All of them, or the first problem. */
function all<T>(values: readonly (T | Problem)[]): readonly T[] | Problem {
  const right: T[] = []
  for (const value of values) {
    if (value instanceof Problem) return value
    right.push(value)
  }
  return right
}
