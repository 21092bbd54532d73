import { ENCODINGS, type Encoding, parseEncoding } from '@muster/contracts'
import { singleValue } from './single-value.ts'

/** The file's encoding, UTF-8 unless given. What is wrong goes into `mistakes`. */
export function parseFileEncoding(values: readonly string[], mistakes: string[]): Encoding {
  const text = singleValue('file_encoding', values, mistakes)
  const encoding = text === null ? 'UTF-8' : parseEncoding(text)
  if (encoding === null) mistakes.push(`file_encoding takes one of ${ENCODINGS.join(', ')}.`)
  return encoding ?? 'UTF-8'
}

/** Whether to enroll anew who is enrolled already, false unless given. What is wrong goes into `mistakes`. */
export function parseOverwrite(values: readonly string[], mistakes: string[]): boolean {
  const text = singleValue('overwrite_enrollment_data', values, mistakes)?.trim().toLowerCase() ?? 'false'
  if (text !== 'true' && text !== 'false') mistakes.push('overwrite_enrollment_data takes true or false.')
  return text === 'true'
}
