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
import { singleValue } from '../../../operations/single-value.ts'

/** Every field that the form may have, beside the file. */
export const OPERATION_FIELDS = [
  'type',
  'name',
  'encoding',
  'delimiter',
  'factor_configs',
  'overwrite_enrollment_data',
] as const

const LONGEST_NAME = 200

export interface OperationForm {
  /** Null when it is wrong. */
  readonly type: OperationType | null
  readonly name: string | null
  readonly encoding: Encoding
  /** Null: to be found from the header. */
  readonly delimiter: Delimiter | null
}

type Fields = ReadonlyMap<string, readonly string[]>

/** Reads the fields that every operation type has. What is wrong, all of it, goes into `mistakes`. */
export function readOperationForm(fields: Fields, mistakes: string[]): OperationForm {
  const type = singleValue('type', fields.get('type') ?? [], mistakes)
  const name = singleValue('name', fields.get('name') ?? [], mistakes)?.trim() ?? null
  const encodingName = singleValue('encoding', fields.get('encoding') ?? [], mistakes)
  const delimiterName = singleValue('delimiter', fields.get('delimiter') ?? [], mistakes)
  const encoding = encodingName === null ? 'UTF-8' : parseEncoding(encodingName)
  const delimiter = delimiterName === null ? null : parseDelimiter(delimiterName)
  if (!isOperationType(type)) mistakes.push(`type takes one of ${OPERATION_TYPES.join(', ')}.`)
  if (name !== null && (name.length > LONGEST_NAME || /\p{Cc}/u.test(name))) {
    mistakes.push(`name takes at most ${LONGEST_NAME} characters, none of them control characters.`)
  }
  if (encoding === null) mistakes.push(`encoding takes one of ${ENCODINGS.join(', ')}.`)
  if (delimiterName !== null && delimiter === null) mistakes.push('delimiter takes one of , ; | and tab.')
  return {
    type: isOperationType(type) ? type : null,
    name: name === '' ? null : name,
    encoding: encoding ?? 'UTF-8',
    delimiter,
  }
}
