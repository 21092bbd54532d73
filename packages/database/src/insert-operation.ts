import type { OperationType } from '@muster/contracts'
import type { CsvSource } from '@muster/engine/ports'
import type { Pool } from 'pg'
import type { DeclaredData, FailurePolicy, OperationRecord } from './operation-record.ts'
import { findOperation } from './operations.ts'

export interface NewOperation {
  /** A UUID; inserting the same again changes nothing. */
  readonly id: string
  readonly tenantId: number
  readonly type: OperationType
  readonly name: string
  /** JSON; what the operation's definition reads back. */
  readonly options: unknown
  /** Null: its data is to come. */
  readonly source: CsvSource | null
  /** The token's subject. */
  readonly createdBy: string
  /** No limit to failed rows unless given. */
  readonly policy?: FailurePolicy
  /** What was said of data to come. */
  readonly declared?: DeclaredData
  /** Whether it is SCHEDULED as soon as its data is complete; true unless given. */
  readonly startsByItself?: boolean
}

const INSERT = `
  insert into operations (id, tenant_id, type, name, state, reason, options, source, declared, starts_by_itself,
    max_failed_rows, max_failed_ratio, created_by, changed_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
  on conflict (id) do nothing`

/** The operation is committed once this returns. Safe to repeat when the answer to a first try was lost. */
export async function insertOperation(pool: Pool, operation: NewOperation): Promise<OperationRecord> {
  const { source, declared, policy, startsByItself = true } = operation
  const isScheduled = source !== null && startsByItself
  await pool.query(INSERT, [
    operation.id,
    operation.tenantId,
    operation.type,
    operation.name,
    isScheduled ? 'SCHEDULED' : 'AWAITING_DATA',
    isScheduled ? 'It was created with its data.' : source === null ? 'Its data is to come.' : 'It is to be started.',
    JSON.stringify(operation.options),
    source === null ? null : JSON.stringify(source),
    declared === undefined ? null : JSON.stringify(declared),
    startsByItself,
    policy?.maxFailedRows ?? null,
    policy?.maxFailedRatio ?? null,
    operation.createdBy,
  ])
  const inserted = await findOperation(pool, operation.tenantId, operation.id)
  if (inserted === null) throw new Error('an operation that was inserted cannot be read')
  return inserted
}
