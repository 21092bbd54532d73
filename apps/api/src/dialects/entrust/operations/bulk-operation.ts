import { OPERATION_STATES, rowMessage } from '@muster/contracts'
import type { OperationRecord } from '@muster/database'
import { z } from 'zod'
import { timeOf } from '../time.ts'

/** An operation as the dialect tells it. What is not known is not there; nothing is null. */
export const BULK_OPERATION = z
  .object({
    id: z.uuid(),
    name: z.string(),
    type: z.enum(['SEND_MFP', 'PRINT_ENROLLMENTS']),
    state: z.enum(OPERATION_STATES),
    initTime: z.iso.datetime(),
    processingStartTime: z.iso.datetime().optional().describe('When a worker took it up.'),
    processingEndTime: z.iso.datetime().optional(),
    processingTime: z.int().optional().describe('Milliseconds, once it has ended.'),
    rowsProcessed: z.int().describe('Rows that succeeded.'),
    rowsFailed: z.int(),
    firstFailedRow: z.int().min(1).optional().describe('Its number; a header is not counted.'),
    errorMessage: z.string().optional().describe('The first error.'),
  })
  .meta({ id: 'EntrustBulkOperation' })

/** The operation as JSON. */
export function bulkOperation(operation: OperationRecord): object {
  const { startedAt, endedAt, firstFailedRow } = operation
  const errorMessage = firstError(operation)
  return {
    id: operation.id,
    name: operation.name,
    type: operation.type,
    state: operation.state,
    initTime: timeOf(operation.createdAt),
    ...(startedAt && { processingStartTime: timeOf(startedAt) }),
    ...(endedAt && { processingEndTime: timeOf(endedAt) }),
    ...(startedAt && endedAt && { processingTime: endedAt.getTime() - startedAt.getTime() }),
    rowsProcessed: operation.succeeded + operation.unchanged,
    rowsFailed: operation.failed,
    ...(firstFailedRow === null ? {} : { firstFailedRow }),
    ...(errorMessage === null ? {} : { errorMessage }),
  }
}

function firstError({ state, reason, firstMistake }: OperationRecord): string | null {
  if (state === 'FAILED') return reason
  return firstMistake && rowMessage(firstMistake)
}
