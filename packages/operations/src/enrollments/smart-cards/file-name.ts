import type { CertificateFilenamePattern } from '@muster/contracts'
import { type Column, emailKey, type InputValue, phone, text, Wrong } from '@muster/engine'

/** What the name of a certificate's file, without its folders and its extension, tells. */
interface Named {
  /** For messages. */
  readonly expected: string
  readonly example: readonly [string, string]
  /** The value by which the directory finds the user; a Wrong for what can be nobody's. */
  read(name: string): InputValue | Wrong
}

const NAME = 'file'
const options = { example: ['', ''] } as const
const emailAddress = emailKey(NAME, 'about', options)
const employeeId = text(NAME, 'about', options)
const mobileNumber = phone(NAME, 'about', options)

const NAMED: { readonly [P in CertificateFilenamePattern]: Named } = {
  'Primary Email': {
    expected: 'an email address',
    example: ['alice@example.com.cer', 'bob@example.com.pem'],
    read: (name) => emailAddress.read(name),
  },
  'Employee ID': {
    expected: 'an employee id of at most 255 characters',
    example: ['E-1001.cer', 'E-1002.pem'],
    read: (name) => (name === '' ? new Wrong('REQUIRED') : employeeId.read(name)),
  },
  'Mobile Number': {
    expected: 'a mobile number like +14155550123',
    example: ['+14155550101.cer', '+1 415-555-0102.pem'],
    read: (name) => mobileNumber.read(name.replace(/[ -]/g, '')),
  },
}

const FILE = /^(?<name>.*)\.(?:cer|crt|der|pem)$/isu

/** The names of an archive's files: folders are left out, and what is before the extension says who the user is. */
export function fileColumn(pattern: CertificateFilenamePattern): Column {
  const { expected, example, read } = NAMED[pattern]
  const wrong = new Wrong('INVALID_FILE_NAME', { expected: `${expected} before .cer, .crt, .der or .pem` })
  return {
    name: NAME,
    field: 'about',
    type: 'text',
    inHeader: true,
    required: true,
    wantedBy: null,
    example,
    schema: { description: `The file's name: ${expected}, and .cer, .crt, .der or .pem.` },
    read(file) {
      const name = FILE.exec(file.slice(file.lastIndexOf('/') + 1))?.groups?.['name']
      const value = name === undefined ? wrong : read(name)
      return value instanceof Wrong ? wrong : value
    },
  }
}
