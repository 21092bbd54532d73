import type { EnrolledField, Pass } from '@muster/engine/ports'
import { squarePng } from '../src/apple/png.ts'

export const PHOTO = squarePng(90, (x, y) => [x, y, 120, 255])

export const FIELDS: readonly EnrolledField[] = [
  { name: 'FirstName', type: 'text', value: 'Zoë' },
  { name: 'LastName', type: 'text', value: 'Ångström' },
  { name: 'EmployeeNumber', type: 'barcode', value: 'E-00042' },
  { name: 'AccessLevel', type: 'number', value: '3' },
  { name: 'ExpiryDate', type: 'date', value: '2030-12-31' },
  { name: 'Photo', type: 'image', value: `data:image/png;base64,${PHOTO.toString('base64')}` },
]

export const SERIAL = '0f8fad5b-d9cb-469f-a165-70867728950e'

export function somePass(fields: readonly EnrolledField[] = FIELDS, voided = false): Pass {
  return { serial: SERIAL, enrollment: { organization: 'Acme', design: 'Employee Badge', fields }, voided }
}
