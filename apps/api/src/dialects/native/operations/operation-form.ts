import {
  type Delimiter,
  ENCODINGS,
  type Encoding,
  isOperationType,
  OPERATION_TYPES,
  type OperationType,
  parseDelimiter,
  parseEncoding,
} from '@muster/contracts'
import type { FailurePolicy } from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import { singleValue } from '../../../operations/single-value.ts'
import { OPTION_FIELDS, POLICY } from './operation-options.ts'

/** Every field that the form may have, beside the file. */
export const OPERATION_FIELDS = [
  'type',
  'name',
  'encoding',
  'delimiter',
  'start',
  'maxFailedRows',
  'maxFailedRatio',
  ...OPTION_FIELDS,
]

/** Characters of an operation's name. */
export const LONGEST_NAME = 200

export interface OperationForm extends DataFields {
  /** Null when it is wrong. */
  readonly type: OperationType | null
  readonly policy: FailurePolicy
  readonly startsByItself: boolean
}

/** What a form may say of its file and of the operation it becomes. */
interface DataFields {
  readonly name: string | null
  /** Of a CSV. */
  readonly encoding: Encoding
  /** Of a CSV. Null: to be found from the header. */
  readonly delimiter: Delimiter | null
}

type Fields = ReadonlyMap<string, readonly string[]>

/** Reads the fields that every operation type has. What is wrong, all of it, goes into `mistakes`. */
export function readOperationForm(fields: Fields, mistakes: string[]): OperationForm {
  const given = singleValue('type', fields.get('type') ?? [], mistakes)
  const type = isOperationType(given) ? given : null
  if (type === null) mistakes.push(`type takes one of ${OPERATION_TYPES.join(', ')}.`)
  return {
    type,
    ...readDataFields(fields, { type, encoding: 'UTF-8' }, mistakes),
    policy: {
      maxFailedRows: policyNumber('maxFailedRows', fields, mistakes),
      maxFailedRatio: policyNumber('maxFailedRatio', fields, mistakes),
    },
    startsByItself: readStart(fields, mistakes),
  }
}

function policyNumber(name: keyof typeof POLICY, fields: Fields, mistakes: string[]): number | null {
  const text = singleValue(name, fields.get(name) ?? [], mistakes)
  if (text === null) return null
  const read = POLICY[name].safeParse(/^[\d.]{1,20}$/.test(text) ? Number(text) : text)
  if (!read.success) mistakes.push(...read.error.issues.map(({ message }) => `${name}: ${message}.`))
  return read.success ? read.data : null
}

function readStart(fields: Fields, mistakes: string[]): boolean {
  const text = singleValue('start', fields.get('start') ?? [], mistakes) ?? 'true'
  if (text !== 'true' && text !== 'false') mistakes.push('start takes true or false.')
  return text !== 'false'
}

/** What is known before of the file that a form has. */
interface ExpectedFile {
  /** Of the operation; null when it is wrong. */
  readonly type: OperationType | null
  /** Of a CSV, when the form says nothing else. */
  readonly encoding: Encoding
}

/** Reads the fields about the file. What is wrong, all of it, goes into `mistakes`. */
export function readDataFields(fields: Fields, expected: ExpectedFile, mistakes: string[]): DataFields {
  const { type, encoding: otherwise } = expected
  if (type !== null && OPERATIONS[type].content !== null) {
    for (const name of ['encoding', 'delimiter'].filter((each) => fields.has(each))) {
      mistakes.push(`${name} is for CSVs; leave it out for ${type}, whose data is a ZIP.`)
    }
  }
  const name = singleValue('name', fields.get('name') ?? [], mistakes)?.trim() ?? null
  const encodingName = singleValue('encoding', fields.get('encoding') ?? [], mistakes)
  const delimiterName = singleValue('delimiter', fields.get('delimiter') ?? [], mistakes)
  const encoding = encodingName === null ? otherwise : parseEncoding(encodingName)
  const delimiter = delimiterName === null ? null : parseDelimiter(delimiterName)
  if (name !== null && (name.length > LONGEST_NAME || /\p{Cc}/u.test(name))) {
    mistakes.push(`name takes at most ${LONGEST_NAME} characters, none of them control characters.`)
  }
  if (encoding === null) mistakes.push(`encoding takes one of ${ENCODINGS.join(', ')}.`)
  if (delimiterName !== null && delimiter === null) mistakes.push('delimiter takes one of , ; | and tab.')
  return { name: name === '' ? null : name, encoding: encoding ?? otherwise, delimiter }
}
