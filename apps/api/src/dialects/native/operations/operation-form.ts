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
import { singleValue } from '../../../operations/single-value.ts'
import { POLICY } from './operation-options.ts'

/** Every field that the form may have, beside the file. */
export const OPERATION_FIELDS = [
  'type',
  'name',
  'encoding',
  'delimiter',
  'start',
  'maxFailedRows',
  'maxFailedRatio',
  'factor_configs',
  'overwrite_enrollment_data',
] as const

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
  readonly encoding: Encoding
  /** Null: to be found from the header. */
  readonly delimiter: Delimiter | null
}

type Fields = ReadonlyMap<string, readonly string[]>

/** Reads the fields that every operation type has. What is wrong, all of it, goes into `mistakes`. */
export function readOperationForm(fields: Fields, mistakes: string[]): OperationForm {
  const type = singleValue('type', fields.get('type') ?? [], mistakes)
  if (!isOperationType(type)) mistakes.push(`type takes one of ${OPERATION_TYPES.join(', ')}.`)
  return {
    type: isOperationType(type) ? type : null,
    ...readDataFields(fields, mistakes, 'UTF-8'),
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

/** Reads the fields about the file; `otherwise` is its encoding when none is given. What is wrong goes into `mistakes`. */
export function readDataFields(fields: Fields, mistakes: string[], otherwise: Encoding): DataFields {
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
