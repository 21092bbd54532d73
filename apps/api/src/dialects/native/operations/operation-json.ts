import { ENCODINGS, OPERATION_STATES, OPERATION_TYPES, rowMessage } from '@muster/contracts'
import type { OperationRecord } from '@muster/database'
import { z } from 'zod'

const rows = z.int().min(0)
const time = z.iso.datetime()

/** An operation as the native dialect tells it. */
export const OPERATION = z
  .object({
    id: z.uuid(),
    number: z.union([z.int(), z.string()]).describe('Grows with every operation; text beyond 2^53.'),
    type: z.enum(OPERATION_TYPES),
    name: z.string(),
    state: z.enum(OPERATION_STATES),
    paused: z.boolean().describe('No row is applied until it is resumed.'),
    reason: z.string().describe('Why it is in its state.'),
    rows: z.object({
      total: rows.nullable().describe('Null until the rows are counted.'),
      succeeded: rows,
      unchanged: rows.describe('Already as asked.'),
      failed: rows,
      unprocessed: rows.nullable().describe('Null until the rows are counted.'),
      resolved: rows.describe('Failed and unprocessed rows that a retry has brought through.'),
    }),
    firstFailedRow: rows.nullable(),
    errorMessage: z.string().nullable().describe('What ended it, else what is wrong with the first failed row.'),
    maxFailedRows: rows.nullable(),
    maxFailedRatio: z.number().min(0).max(1).nullable(),
    source: z
      .object({
        fileName: z.string(),
        bytes: z.int().min(0),
        sha256: z.string(),
        encoding: z.enum(ENCODINGS),
      })
      .nullable()
      .describe('Null until the data is complete.'),
    retryOf: z.uuid().nullable().describe('The operation whose failed rows it runs again.'),
    createdBy: z.string(),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'Operation' })

export function operationJson(operation: OperationRecord): z.infer<typeof OPERATION> {
  const { total, succeeded, unchanged, failed, resolved, source, firstMistake, state } = operation
  const unprocessed = total === null ? null : total - succeeded - unchanged - failed
  const fault = state === 'FAILED' || state === 'CANCELLED' ? operation.reason : null
  return {
    id: operation.id,
    number: jsonNumber(operation.number),
    type: operation.type,
    name: operation.name,
    state,
    paused: operation.paused,
    reason: operation.reason,
    rows: { total, succeeded, unchanged, failed, unprocessed, resolved },
    firstFailedRow: operation.firstFailedRow,
    errorMessage: fault ?? (firstMistake === null ? null : rowMessage(firstMistake)),
    ...operation.policy,
    source: source && {
      fileName: source.fileName,
      bytes: source.bytes,
      sha256: source.sha256,
      encoding: source.encoding,
    },
    retryOf: operation.parentId,
    createdBy: operation.createdBy,
    createdAt: operation.createdAt.toISOString(),
    startedAt: operation.startedAt?.toISOString() ?? null,
    endedAt: operation.endedAt?.toISOString() ?? null,
  }
}

/** A number where JSON's readers keep every digit, else text. */
function jsonNumber(number: bigint): number | string {
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number.toString()
}
