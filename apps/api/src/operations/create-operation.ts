import type { Delimiter, Encoding, OperationType } from '@muster/contracts'
import { didNothing, insertOperation, isOutage, type NewOperation, type OperationRecord } from '@muster/database'
import { type CsvSource, checkHeader } from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import { readHeader } from '@muster/text'
import type { Caller } from '../auth/caller.ts'
import { type Cause, Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import type { Upload } from '../upload/upload.ts'

export interface OperationRequest {
  readonly caller: Caller
  readonly type: OperationType
  /** For people; the type's title where null. */
  readonly name: string | null
  /** What the type's definition reads back. */
  readonly options: unknown
  readonly upload: Upload
  readonly encoding: Encoding
  /** Null: found from the header. */
  readonly delimiter: Delimiter | null
}

/**
 * Makes an operation of an upload: checks the header, commits it SCHEDULED, keeps the file, and
 * queues it; where the queue is away, the dispatcher queues it later.
 * Throws a Refusal `header-refused` that tells every cause.
 */
export async function createOperation(
  { pool, producer }: Pick<Services, 'pool' | 'producer'>,
  request: OperationRequest,
): Promise<OperationRecord> {
  const { caller, type, options, upload } = request
  const operation: NewOperation = {
    id: upload.operationId,
    tenantId: caller.tenantId,
    type,
    name: request.name ?? OPERATIONS[type].title,
    options,
    source: checkedSource(request),
    createdBy: caller.subject,
  }
  const record = await commit(pool, operation, upload)
  await producer.enqueue({ operationId: operation.id, type })
  return record
}

/** The source with its header read and found right. */
function checkedSource({ type, options, upload, encoding, delimiter }: OperationRequest): CsvSource {
  const { key, fileName, bytes, sha256, sample } = upload
  const read = readHeader(sample, { complete: bytes === sample.length, encoding, delimiter })
  if ('problem' in read) throw headerRefused([{ title: read.problem, detail: read.detail }])
  const causes = checkHeader(OPERATIONS[type], options, read.header)
  if (causes.length > 0) throw headerRefused(causes)
  return { kind: 'csv', key, fileName, bytes, sha256, encoding, ...read }
}

function headerRefused(causes: readonly Cause[]): Refusal {
  return new Refusal('header-refused', "The file's header is not right for this operation; see the causes.", { causes })
}

/**
 * Commits the operation. When the answer to it is lost, it may be committed or not: then it is tried
 * once more, which changes nothing if it was, and failing that the file stays, for the sweep to judge.
 */
async function commit(pool: Services['pool'], operation: NewOperation, upload: Upload): Promise<OperationRecord> {
  try {
    const record = await insertOperation(pool, operation)
    upload.keep()
    return record
  } catch (error) {
    if (!isOutage(error) || didNothing(error)) throw error
    upload.keep()
    return await insertOperation(pool, operation)
  }
}
