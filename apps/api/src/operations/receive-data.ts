import { randomUUID } from 'node:crypto'
import type { Encoding } from '@muster/contracts'
import { completeData, didNothing, findOperation, isOutage, type OperationRecord } from '@muster/database'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import { UPLOADS_FOLDER } from '../upload/reception.ts'
import type { ReceivedFile } from '../upload/upload.ts'
import { duplicateRefused } from './duplicate-refused.ts'
import { uploadedSource } from './uploaded-source.ts'

export interface DataRequest {
  readonly operation: OperationRecord
  /** The token's subject. */
  readonly by: string
  /** Of a CSV; UTF-8 unless given. */
  readonly encoding?: Encoding
  /** Whether it may be the data of an earlier operation. */
  readonly allowsDuplicate: boolean
  /** Receives the data into the file store, under that key. */
  receive(key: string): Promise<ReceivedFile>
}

/**
 * Receives the data of an operation that awaits it, checks it, and schedules the operation,
 * unless it is to be started by its caller: then data that it has already is replaced. What came is
 * kept under a name of its own, so that of two clients at once each has its file, and one is kept.
 * Throws a Refusal: it takes no data, a file that is not right, a duplicate; the operation stays as it was then.
 *
 * @returns the operation as it is then
 */
export async function receiveData(services: Services, request: DataRequest): Promise<OperationRecord> {
  const { operation } = request
  if (!takesData(operation)) throw takesNone(operation)
  const file = await request.receive(`${UPLOADS_FOLDER}/${operation.id}/source-${randomUUID()}`)
  await commit(services, request, file)
  void services.producer.nudge()
  return readAgain(services, operation)
}

/** Whether data that comes now can become the operation's. */
function takesData({ state, source, startsByItself }: OperationRecord): boolean {
  return state === 'AWAITING_DATA' && (source === null || !startsByItself)
}

async function commit(services: Services, request: DataRequest, file: ReceivedFile): Promise<void> {
  const { operation, by } = request
  const { id: operationId, tenantId, type, options, declared } = operation
  const delimiter = declared?.delimiter ?? null
  const source = await uploadedSource(services, { ...request, type, options, file, delimiter })
  const duplicateWindowHours = request.allowsDuplicate ? 0 : services.duplicateWindowHours
  const data = { operationId, tenantId, type, options, source, by, duplicateWindowHours }
  const completed = await complete(services, data, file)
  if (completed !== null) {
    const { replaced } = completed
    if (replaced !== null && replaced !== file.key) await services.files.remove(replaced)
    return
  }
  const now = await readAgain(services, operation)
  // The answer to a first try may have been lost: then it is there.
  if (now.source?.key === file.key) return
  await services.files.remove(file.key)
  throw takesNone(now)
}

/** As with the creation of operations: when the answer is lost, the file stays, and it is tried once more. */
async function complete({ pool }: Services, data: Parameters<typeof completeData>[1], file: ReceivedFile) {
  try {
    const completed = await completeData(pool, data)
    if (completed !== null) file.keep()
    return completed
  } catch (error) {
    if (!isOutage(error) || didNothing(error)) throw duplicateRefused(error)
  }
  file.keep()
  return completeData(pool, data).catch((error: unknown) => {
    throw duplicateRefused(error)
  })
}

async function readAgain({ pool }: Services, { tenantId, id }: OperationRecord): Promise<OperationRecord> {
  const operation = await findOperation(pool, tenantId, id)
  if (operation === null) throw new Refusal('not-found', 'The operation was deleted meanwhile.')
  return operation
}

/** What the operation has is told, so that a client whose answer was lost can see whether it is what it sent. */
function takesNone({ state, paused, source }: OperationRecord): Refusal {
  const has = source === null ? '' : ` Its data has ${source.bytes} bytes and the SHA-256 ${source.sha256}.`
  const members = source === null ? {} : { bytes: source.bytes, sha256: source.sha256 }
  return new Refusal('conflict', `The operation is ${state} and takes no data.${has}`, {
    members: { state, paused, ...members },
  })
}
