import type { EnrolledField, Pass } from '@muster/engine/ports'

/** The class that all passes of an issuer belong to. */
const CLASS = 'muster-generic'

/** Characters of a title at most. */
const TITLE = 60

/** How many characters of each field's value are kept, tried in this order until the pass is small enough. */
const VALUE_LENGTHS = [120, 60, 30]

/** The name of a pass at Google. */
export function objectId(issuerId: string, serial: string): string {
  return `${issuerId}.${serial}`
}

/** The part of a save link's token that tells the pass: https://developers.google.com/wallet/reference/rest/v1/jwt */
export interface SavePayload {
  readonly genericClasses: readonly object[]
  readonly genericObjects: readonly object[]
}

/**
 * The pass in no more bytes than that. Images are left out; when the rest does not fit, values are cut, then the last
 * fields left out, and at last the barcode.
 */
export function savePayload(pass: Pass, issuerId: string, maxBytes: number): SavePayload {
  const all = pass.enrollment.fields.filter(({ type }) => type !== 'image')
  const [barcode] = all.filter(({ type }) => type === 'barcode')
  const texts = all.filter((field) => field !== barcode)
  const fits = (payload: SavePayload) => Buffer.byteLength(JSON.stringify(payload)) <= maxBytes
  const cut = VALUE_LENGTHS.map((length) => texts.map((field) => ({ ...field, value: shortened(field.value, length) })))
  const shortest = cut.at(-1) ?? []
  const fewer = shortest.map((_, left) => shortest.slice(0, -1 - left))
  for (const fields of [...cut, ...fewer]) {
    const payload = payloadOf(pass, issuerId, fields, barcode)
    if (fits(payload)) return payload
  }
  return payloadOf(pass, issuerId, [], undefined)
}

function payloadOf(
  { serial, voided, enrollment }: Pass,
  issuerId: string,
  texts: readonly EnrolledField[],
  barcode: EnrolledField | undefined,
): SavePayload {
  const classId = `${issuerId}.${CLASS}`
  return {
    genericClasses: [{ id: classId }],
    genericObjects: [
      {
        id: objectId(issuerId, serial),
        classId,
        state: voided ? 'EXPIRED' : 'ACTIVE',
        cardTitle: localized(enrollment.organization),
        header: localized(enrollment.design),
        ...(barcode && { barcode: barcodeOf(barcode.value) }),
        ...(texts.length > 0 && {
          textModulesData: texts.map(({ name, value }, index) => ({
            id: `f${index}`,
            header: shortened(name, TITLE),
            body: value,
          })),
        }),
      },
    ],
  }
}

function localized(text: string): object {
  return { defaultValue: { language: 'en', value: shortened(text, TITLE) } }
}

/** Code 128 has no characters beyond ASCII. */
function barcodeOf(value: string): object {
  return { type: /^[\x20-\x7e]*$/.test(value) ? 'CODE_128' : 'QR_CODE', value, alternateText: value }
}

/** Cuts between characters, not within one. */
function shortened(text: string, length: number): string {
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}
