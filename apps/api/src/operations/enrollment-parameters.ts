import {
  CERTIFICATE_FILENAME_PATTERNS,
  type CertificateFilenamePattern,
  ENCODINGS,
  type Encoding,
  parseEncoding,
} from '@muster/contracts'
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

/**
 * What the names of certificates' files say of their users, compared without regard to case and surrounding space.
 * What is wrong goes into `mistakes`, also that it is missing; what is returned is of no use then.
 */
export function parseFilenamePattern(values: readonly string[], mistakes: string[]): CertificateFilenamePattern {
  const text = singleValue('certificate_filename_pattern', values, mistakes)?.trim().toLowerCase() ?? ''
  const pattern = CERTIFICATE_FILENAME_PATTERNS.find((each) => each.toLowerCase() === text)
  if (pattern !== undefined) return pattern
  const wrong = text === '' ? 'is missing; give' : 'takes'
  mistakes.push(`certificate_filename_pattern ${wrong} one of ${CERTIFICATE_FILENAME_PATTERNS.join(', ')}.`)
  return CERTIFICATE_FILENAME_PATTERNS[0]
}
