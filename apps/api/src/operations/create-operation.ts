import { randomUUID } from 'node:crypto'
import type { Delimiter, Encoding, OperationType } from '@muster/contracts'
import {
  type DeclaredData,
  didNothing,
  insertOperation,
  isOutage,
  type NewOperation,
  type OperationRecord,
  QueueFull,
  RequestKeyReused,
} from '@muster/database'
import { type FailurePolicy, retrySource, type Source } from '@muster/engine'
import { OPERATIONS } from '@muster/operations'
import type { Caller } from '../auth/caller.ts'
import { demandRoomInQueue, queueIsFull } from '../limits/queue-limit.ts'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import type { Upload } from '../upload/upload.ts'
import { duplicateRefused } from './duplicate-refused.ts'
import { storeIds } from './ids-source.ts'
import { uploadedSource } from './uploaded-source.ts'

/** What an operation is created with, wherever its data comes from. */
interface OperationTerms {
  readonly caller: Caller
  readonly type: OperationType
  /** For people; the type's title where null. */
  readonly name: string | null
  /** What the type's definition reads back. */
  readonly options: unknown
  /** No limit to failed rows unless given. */
  readonly policy?: FailurePolicy
  /** Whether it is scheduled as soon as its data is complete; true unless given. */
  readonly startsByItself?: boolean
  /** The request's Idempotency-Key; null where there is none. */
  readonly requestKey?: string | null
}

export interface OperationRequest extends OperationTerms {
  readonly upload: Upload
  /** Of a CSV; UTF-8 unless given. */
  readonly encoding?: Encoding
  /** Of a CSV; null, or not given: found from the header. */
  readonly delimiter?: Delimiter | null
  /** Whether it may have the data of an earlier operation; false unless given. */
  readonly allowsDuplicate?: boolean
  /** Whose rows it runs again, under the same failure policy. */
  readonly parent?: OperationRecord
}

export interface AwaitingOperationRequest extends OperationTerms {
  readonly declared: DeclaredData
}

export interface IdsRequest extends OperationTerms {
  /** At least one; each is a row. */
  readonly ids: readonly string[]
  /** Whether it may have the ids of an earlier operation; false unless given. */
  readonly allowsDuplicate?: boolean
}

export interface RetryRequest extends OperationTerms {
  readonly parentNumber: bigint
  readonly parentSource: Source
}

type CreationServices = Pick<Services, 'pool' | 'producer' | 'limits' | 'duplicateWindowHours'>
type UploadServices = CreationServices & Pick<Services, 'files' | 'archives'>

/**
 * Makes an operation of an upload: checks the file, commits it SCHEDULED, or AWAITING_DATA when it
 * does not start by itself, keeps the file, and sees to it that a worker learns of it; where the
 * queue is away, the dispatcher finds it later. When the request's key has made an operation before,
 * this one is returned, and the file is not kept.
 * Throws a Refusal: a file that is not right, a duplicate, a key that was used for another request.
 */
export async function createOperation(services: UploadServices, request: OperationRequest): Promise<OperationRecord> {
  const { upload, parent, allowsDuplicate = false } = request
  const operation: NewOperation = {
    ...newOperation(request),
    id: upload.operationId,
    source: await uploadedSource(services, { ...request, file: upload }),
    // Rows that are run again are meant to be.
    duplicateWindowHours: allowsDuplicate || parent !== undefined ? 0 : services.duplicateWindowHours,
    ...(parent && { parentNumber: parent.number, policy: parent.policy }),
  }
  const record = await commit(services, operation, upload)
  void services.producer.nudge()
  return record
}

/**
 * Makes an operation of a list of ids, as `createOperation` does of an upload: its file is durable, and it is
 * committed, when this returns. Throws a Refusal as that does.
 */
export async function createIdsOperation(
  services: CreationServices & Pick<Services, 'files'>,
  request: IdsRequest,
): Promise<OperationRecord> {
  const { files } = services
  await demandRoomInQueue(services, request.caller.tenantId)
  const id = randomUUID()
  const key = `operations/${id}/source`
  let isKept = false
  const keep = () => {
    isKept = true
  }
  try {
    const source = await storeIds(files, key, request.ids)
    const duplicateWindowHours = request.allowsDuplicate ? 0 : services.duplicateWindowHours
    const record = await commit(services, { ...newOperation(request), id, source, duplicateWindowHours }, { keep })
    void services.producer.nudge()
    return record
  } finally {
    if (!isKept) await files.remove(`operations/${id}`)
  }
}

/** Creates an operation whose data is to come: AWAITING_DATA. Throws a Refusal as `createOperation` does. */
export async function createAwaitingOperation(
  services: CreationServices,
  request: AwaitingOperationRequest,
): Promise<OperationRecord> {
  const { declared } = request
  return commit(services, { ...newOperation(request), id: randomUUID(), source: null, declared }, null)
}

/** Creates an operation whose file a worker makes of another's rows: SCHEDULED. Throws a Refusal as `createOperation` does. */
export async function createRetry(
  services: Pick<Services, 'pool' | 'producer' | 'limits'>,
  request: RetryRequest,
): Promise<OperationRecord> {
  const id = randomUUID()
  const source = retrySource(request.parentSource, `operations/${id}/source`)
  const operation = { ...newOperation(request), id, source, parentNumber: request.parentNumber }
  const record = await commit(services, operation, null)
  void services.producer.nudge()
  return record
}

function newOperation({ caller, type, name, ...terms }: OperationTerms): Omit<NewOperation, 'id' | 'source'> {
  const { options, policy, startsByItself, requestKey } = terms
  return {
    tenantId: caller.tenantId,
    createdBy: caller.subject,
    type,
    name: name ?? OPERATIONS[type].title,
    options,
    ...(policy === undefined ? {} : { policy }),
    ...(startsByItself === undefined ? {} : { startsByItself }),
    requestKey: requestKey ?? null,
  }
}

/**
 * Commits the operation. When the answer to it is lost, it may be committed or not: then it is tried
 * once more, which changes nothing if it was, and failing that the file stays, for the sweep to judge.
 */
async function commit(
  { pool, limits }: Pick<Services, 'pool' | 'limits'>,
  created: NewOperation,
  upload: Pick<Upload, 'keep'> | null,
): Promise<OperationRecord> {
  const operation = { ...created, queueLimit: limits.queuedOperations }
  try {
    const record = await insertOperation(pool, operation)
    if (record.id === operation.id) upload?.keep()
    return record
  } catch (error) {
    if (!isOutage(error) || didNothing(error)) throw insertionRefused(error)
  }
  upload?.keep()
  return insertOperation(pool, operation).catch((error: unknown) => {
    throw insertionRefused(error)
  })
}

function insertionRefused(error: unknown): unknown {
  if (error instanceof QueueFull) return queueIsFull(error.limit)
  if (!(error instanceof RequestKeyReused)) return duplicateRefused(error)
  return new Refusal(
    'unprocessable',
    'This Idempotency-Key was sent with another request, or its operation was removed; use a new key for each request.',
  )
}
