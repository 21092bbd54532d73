import type { OperationType } from '@muster/contracts'
import type { FailurePolicy, Source } from '@muster/engine/ports'
import type { Pool, PoolClient } from 'pg'
import { queuedUpTo } from '../queueing/queued-operations.ts'
import { inTransaction } from '../turns/transaction.ts'
import { refuseDuplicate } from './duplicate-data.ts'
import type { DeclaredData, OperationRecord } from './operation-record.ts'
import { findOperation } from './operations.ts'
import { findByRequestKey } from './request-keys.ts'

export interface NewOperation {
  /** A UUID; inserting the same again changes nothing. */
  readonly id: string
  readonly tenantId: number
  readonly type: OperationType
  readonly name: string
  /** JSON; what the operation's definition reads back. */
  readonly options: unknown
  /** Null: its data is to come. */
  readonly source: Source | null
  /** The token's subject. */
  readonly createdBy: string
  /** No limit to failed rows unless given. */
  readonly policy?: FailurePolicy
  /** The operation whose rows it runs again. */
  readonly parentNumber?: bigint
  /** What was said of data to come. */
  readonly declared?: DeclaredData
  /** Whether it is SCHEDULED as soon as its data is complete; true unless given. */
  readonly startsByItself?: boolean
  /** The Idempotency-Key of the request that creates it; null where there is none. */
  readonly requestKey?: string | null
  /** Refused when an operation of so many hours has the same type, options and data; 0 unless given: never. */
  readonly duplicateWindowHours?: number
  /** Refused when so many operations of the tenant are AWAITING_DATA or SCHEDULED; no limit unless given. */
  readonly queueLimit?: number
}

/** The tenant has as many operations queued as it may: nothing was inserted. */
export class QueueFull extends Error {
  readonly limit: number
  constructor(limit: number) {
    super('the tenant has as many operations queued as it may')
    this.limit = limit
    this.name = 'QueueFull'
  }
}

const INSERT = `
  insert into operations (id, tenant_id, type, name, state, reason, options, source, declared, starts_by_itself,
    max_failed_rows, max_failed_ratio, created_by, changed_by, request_key, parent_number)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15
  where $16::integer is null or ${queuedUpTo('$2', '$16')} < $16
  on conflict do nothing`

/**
 * The operation is committed once this returns. Safe to repeat when the answer to a first try was lost. When one was
 * created with the same request key before, that one is returned, and nothing is inserted: its id is another.
 * Throws `RequestKeyReused` when that one is not what was asked for now, `DuplicateData`, and `QueueFull`; operations
 * that are inserted at the same moment do not see each other, so that they may exceed the limit by their number.
 */
export async function insertOperation(pool: Pool, operation: NewOperation): Promise<OperationRecord> {
  const { source, duplicateWindowHours: hours = 0, requestKey = null } = operation
  if (source === null || hours === 0) await insert(pool, operation)
  else {
    const request = requestKey === null ? null : { createdBy: operation.createdBy, key: requestKey }
    const data = { ...operation, operationId: operation.id, sha256: source.sha256, request }
    await inTransaction(pool, 'begin', async (client) => {
      await refuseDuplicate(client, data, hours)
      await insert(client, operation)
    })
  }
  const { tenantId, id } = operation
  const stored = (await findOperation(pool, tenantId, id)) ?? (await findByRequestKey(pool, operation))
  if (stored === null && operation.queueLimit !== undefined) throw new QueueFull(operation.queueLimit)
  if (stored === null) throw new Error('an operation that was inserted cannot be read')
  return stored
}

async function insert(client: Pool | PoolClient, operation: NewOperation): Promise<void> {
  const { source, declared, policy, startsByItself = true } = operation
  const isScheduled = source !== null && startsByItself
  await client.query(INSERT, [
    operation.id,
    operation.tenantId,
    operation.type,
    operation.name,
    isScheduled ? 'SCHEDULED' : 'AWAITING_DATA',
    reasonOf(operation, isScheduled),
    JSON.stringify(operation.options),
    source === null ? null : JSON.stringify(source),
    declared === undefined ? null : JSON.stringify(declared),
    startsByItself,
    policy?.maxFailedRows ?? null,
    policy?.maxFailedRatio ?? null,
    operation.createdBy,
    operation.requestKey ?? null,
    operation.parentNumber ?? null,
    operation.queueLimit ?? null,
  ])
}

function reasonOf({ source, parentNumber }: NewOperation, isScheduled: boolean): string {
  if (parentNumber !== undefined) return 'It was created to run rows of another operation again.'
  if (isScheduled) return 'It was created with its data.'
  return source === null ? 'Its data is to come.' : 'It is to be started.'
}
