import type { EnrolledField } from '@muster/engine/ports'

/** A field of a pass: https://developer.apple.com/documentation/walletpasses/passfieldcontent */
interface PassField {
  readonly key: string
  readonly label: string
  readonly value: string | number
  readonly dateStyle?: 'PKDateStyleMedium'
  readonly timeStyle?: 'PKDateStyleNone' | 'PKDateStyleShort'
  readonly ignoresTimeZone?: boolean
  /** None: what somebody entered does not become a link. */
  readonly dataDetectorTypes?: never[]
}

/** What a pass shows, by where. A generic pass with a barcode has room for so many on its front. */
export interface PassFieldSets {
  readonly primary: readonly PassField[]
  readonly secondary: readonly PassField[]
  readonly auxiliary: readonly PassField[]
  readonly back: readonly PassField[]
}

/** Places the fields in their order: one large, four small, the others on the back. Images are not among them. */
export function passFields(fields: readonly EnrolledField[]): PassFieldSets {
  const [barcode] = fields.filter(({ type }) => type === 'barcode')
  const shown = fields
    .filter((field) => field.type !== 'image' && field !== barcode)
    .map((field, index) => passField(field, `field${index}`))
  return {
    primary: shown.slice(0, 1),
    secondary: shown.slice(1, 3),
    auxiliary: shown.slice(3, 5),
    back: shown.slice(5).map((field) => ({ ...field, dataDetectorTypes: [] })),
  }
}

function passField({ name, type, value }: EnrolledField, key: string): PassField {
  const named = { key, label: name }
  if (type === 'number') return { ...named, value: exactNumber(value) ?? value }
  if (type !== 'date') return { ...named, value }
  const hasTime = value.includes('T')
  return {
    ...named,
    value: hasTime ? value : `${value}T00:00:00Z`,
    dateStyle: 'PKDateStyleMedium',
    timeStyle: hasTime ? 'PKDateStyleShort' : 'PKDateStyleNone',
    // A day is the same day everywhere.
    ...(hasTime ? {} : { ignoresTimeZone: true }),
  }
}

/** Null when the phone would show another number, or with other digits. */
function exactNumber(value: string): number | null {
  const number = Number(value)
  return Number.isFinite(number) && String(number) === value ? number : null
}

/** A barcode: https://developer.apple.com/documentation/walletpasses/pass/barcodes-data.dictionary */
export interface PassBarcode {
  readonly format: 'PKBarcodeFormatCode128' | 'PKBarcodeFormatQR'
  readonly message: string
  readonly messageEncoding: 'iso-8859-1' | 'utf-8'
  readonly altText: string
}

/** The first barcode field's, in the order in which devices should try them; none where it has no value. */
export function passBarcodes(fields: readonly EnrolledField[]): readonly PassBarcode[] {
  const value = fields.find(({ type }) => type === 'barcode')?.value
  if (value === undefined || value === '') return []
  const isAscii = /^[\x20-\x7e]*$/.test(value)
  const barcode = { message: value, messageEncoding: isAscii ? 'iso-8859-1' : 'utf-8', altText: value } as const
  const qr = { ...barcode, format: 'PKBarcodeFormatQR' } as const
  // Code 128 has no characters beyond ASCII.
  return isAscii ? [{ ...barcode, format: 'PKBarcodeFormatCode128' }, qr] : [qr]
}
