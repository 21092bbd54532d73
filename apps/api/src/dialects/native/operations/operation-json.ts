import { ENCODINGS, OPERATION_STATES, OPERATION_TYPES, rowMessage } from '@muster/contracts'
import type { OperationRecord } from '@muster/database'
import { z } from 'zod'
import { expiryOf } from '../../../operations/expiry.ts'
import type { Services } from '../../../services.ts'
import { optionsJson, SHOWN_OPTIONS } from './operation-options.ts'

const rows = z.int().min(0)
const time = z.iso.datetime()

/** An operation's rows by what became of them. */
export const ROWS = z.object({
  total: rows.nullable().describe('Null until the rows are counted.'),
  succeeded: rows,
  unchanged: rows.describe('Already as asked.'),
  failed: rows,
  unprocessed: rows.nullable().describe('Null until the rows are counted.'),
  resolved: rows.describe('Failed and unprocessed rows that a retry has brought through.'),
})

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
    rows: ROWS,
    firstFailedRow: rows.nullable(),
    errorMessage: z.string().nullable().describe('What ended it, else what is wrong with the first failed row.'),
    options: SHOWN_OPTIONS,
    source: z
      .object({
        fileName: z.string(),
        bytes: z.int().min(0),
        sha256: z.string(),
        encoding: z.enum(ENCODINGS).nullable().describe('Null for a ZIP.'),
      })
      .nullable()
      .describe('Null until the data is complete.'),
    retryOf: z.uuid().nullable().describe('The operation whose failed rows it runs again.'),
    createdBy: z.string(),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    expiresAt: z
      .object({
        files: time.nullable().describe('When its data is removed; null once it is.'),
        record: time.describe('When the operation itself is removed.'),
      })
      .nullable()
      .describe('Null until it has ended.'),
  })
  .meta({ id: 'Operation' })

/** An operation that is asked for by itself. */
export const SINGLE_OPERATION = OPERATION.extend({
  queue: z
    .object({
      place: z.int().min(1).nullable().describe('Among those of the tenant that wait; null while it is paused.'),
      reason: z.string().describe('Why it waits.'),
    })
    .nullable()
    .describe('Null unless it waits for its turns.'),
}).meta({ id: 'SingleOperation' })

export function operationJson(
  { retention }: Pick<Services, 'retention'>,
  operation: OperationRecord,
): z.infer<typeof OPERATION> {
  const { source, firstMistake, state } = operation
  const fault = state === 'FAILED' || state === 'CANCELLED' ? operation.reason : null
  return {
    id: operation.id,
    number: jsonNumber(operation.number),
    type: operation.type,
    name: operation.name,
    state,
    paused: operation.paused,
    reason: operation.reason,
    rows: rowsJson(operation),
    firstFailedRow: operation.firstFailedRow,
    errorMessage: fault ?? (firstMistake === null ? null : rowMessage(firstMistake)),
    options: optionsJson(operation),
    source: source && {
      fileName: source.fileName,
      bytes: source.bytes,
      sha256: source.sha256,
      encoding: source.kind === 'zip' ? null : source.encoding,
    },
    retryOf: operation.parentId,
    createdBy: operation.createdBy,
    createdAt: operation.createdAt.toISOString(),
    startedAt: operation.startedAt?.toISOString() ?? null,
    endedAt: operation.endedAt?.toISOString() ?? null,
    expiresAt: expiryOf(operation, retention),
  }
}

type Counts = Pick<OperationRecord, 'total' | 'succeeded' | 'unchanged' | 'failed' | 'resolved'>

export function rowsJson({ total, succeeded, unchanged, failed, resolved }: Counts): z.infer<typeof ROWS> {
  const unprocessed = total === null ? null : total - succeeded - unchanged - failed
  return { total, succeeded, unchanged, failed, unprocessed, resolved }
}

/** A number where JSON's readers keep every digit, else text. */
function jsonNumber(number: bigint): number | string {
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number.toString()
}
