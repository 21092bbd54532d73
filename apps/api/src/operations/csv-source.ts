import type { Delimiter, Encoding, OperationType } from '@muster/contracts'
import { type CsvSource, checkHeader, meantHeader } from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import { readHeader } from '@muster/text'
import { type Cause, Refusal } from '../refusal.ts'
import type { ReceivedFile } from '../upload/upload.ts'

export interface UploadedFile {
  readonly type: OperationType
  /** What the type's definition reads back. */
  readonly options: unknown
  readonly file: ReceivedFile
  /** Of a CSV; UTF-8 unless given. */
  readonly encoding?: Encoding
  /** Of a CSV; null, or not given: found from the header. */
  readonly delimiter?: Delimiter | null
}

/**
 * The source that a file is, with its header read and found right for the operation.
 * Throws a Refusal `header-refused` that tells every cause.
 */
export function csvSource({ type, options, file, encoding = 'UTF-8', delimiter = null }: UploadedFile): CsvSource {
  const { key, fileName, bytes, sha256, sample } = file
  const read = readHeader(sample, { complete: bytes === sample.length, encoding, delimiter })
  if ('problem' in read) throw headerRefused([{ title: read.problem, detail: read.detail }])
  const header = meantHeader(read.header)
  const causes = checkHeader(OPERATIONS[type], options, header)
  if (causes.length > 0) throw headerRefused(causes)
  return { kind: 'csv', key, fileName, bytes, sha256, encoding, ...read, header }
}

function headerRefused(causes: readonly Cause[]): Refusal {
  return new Refusal('header-refused', "The file's header is not right for this operation; see the causes.", { causes })
}
