import type {
  Delimiter,
  Encoding,
  OperationState,
  OperationType,
  RowCode,
  RowMistake,
  RowParams,
} from '@muster/contracts'
import type { FailurePolicy, Source } from '@muster/engine/ports'

export type { FailurePolicy } from '@muster/engine/ports'

/** An operation as its record tells it, all counts of one moment. */
export interface OperationRecord {
  readonly id: string
  readonly number: bigint
  readonly tenantId: number
  readonly type: OperationType
  readonly name: string
  readonly state: OperationState
  /** Only while SCHEDULED or PROCESSING. */
  readonly paused: boolean
  /** Why it is in its state; a fault's sentence when it FAILED. */
  readonly reason: string
  /** JSON; what the operation's definition reads back. */
  readonly options: unknown
  readonly policy: FailurePolicy
  /** Null until the data is complete. */
  readonly source: Source | null
  /** What was said of data to come; null when the data came with the operation. */
  readonly declared: DeclaredData | null
  /** Whether it is scheduled as soon as its data is complete. */
  readonly startsByItself: boolean
  /** The key of the source in UTF-8; null when there is no copy. */
  readonly normalisedKey: string | null
  /** Bytes of that copy. */
  readonly normalisedBytes: number | null
  /** Rows of the source; null until they are counted. */
  readonly total: number | null
  readonly succeeded: number
  readonly unchanged: number
  readonly failed: number
  /** Failed and unprocessed rows that a retry has brought through. */
  readonly resolved: number
  /** Bytes of the source in UTF-8, from its start, whose rows all have their outcome; null before the first turn. */
  readonly bytesDone: number | null
  /** Row number; null while none has failed. */
  readonly firstFailedRow: number | null
  /** What is wrong with that row, first of all; null while none has failed. */
  readonly firstMistake: RowMistake | null
  /** The operation whose rows it runs again, a UUID; null when it is no retry, or the other is gone. */
  readonly parentId: string | null
  /** The token's subject. */
  readonly createdBy: string
  readonly createdAt: Date
  /** When a worker took it up; null before. */
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  /** When its files were removed, their time being over; null while they are there. */
  readonly filesRemovedAt: Date | null
  /** When its archive was removed before the other files, since it held private keys; null where it was not. */
  readonly archiveRemovedAt: Date | null
  /** The key of the file that it made; null when it made none, or not yet. */
  readonly resultKey: string | null
}

/** What a client said of the data to come; null where it said nothing. */
export interface DeclaredData {
  readonly encoding: Encoding | null
  readonly delimiter: Delimiter | null
}

/** A row of `OPERATIONS`. */
export interface StoredOperation {
  id: string
  number: string
  tenant_id: number
  type: OperationType
  name: string
  state: OperationState
  paused: boolean
  reason: string
  options: unknown
  max_failed_rows: string | null
  max_failed_ratio: number | null
  source: Source | null
  declared: DeclaredData | null
  starts_by_itself: boolean
  normalised_key: string | null
  normalised_bytes: string | null
  total: string | null
  succeeded: string
  unchanged: string
  failed: string
  resolved: string
  bytes_done: string | null
  first_failed_row: string | null
  first_mistake: { code: RowCode; column: string | null; params: RowParams | null } | null
  parent_id: string | null
  created_by: string
  created_at: Date
  started_at: Date | null
  ended_at: Date | null
  files_removed_at: Date | null
  archive_removed_at: Date | null
  result_key: string | null
}

/** Every operation that was not deleted, as `o` with what belongs to it; conditions are added with `and`. */
export const OPERATIONS = `
  select o.id, o.number, o.tenant_id, o.type, o.name, o.state, o.paused, o.reason, o.options,
    o.max_failed_rows, o.max_failed_ratio, o.source, o.declared, o.starts_by_itself, o.normalised_key,
    o.normalised_bytes, o.total, o.created_by, o.created_at, o.started_at, o.ended_at, o.files_removed_at,
    o.archive_removed_at, o.result_key,
    l.succeeded, l.unchanged, l.failed, l.first_failed_row, l.bytes_done,
    (
      select jsonb_build_object('code', f.code, 'column', f.column_name, 'params', f.params)
      from failed_rows f
      where f.operation_number = o.number and f.row_number = l.first_failed_row
      order by f.ordinal limit 1
    ) as first_mistake,
    (
      select coalesce(sum(child_lanes.resolved), 0)::bigint
      from operations child join lanes child_lanes on child_lanes.operation_number = child.number
      where child.parent_number = o.number
    ) as resolved,
    (select parent.id from operations parent where parent.number = o.parent_number and parent.deleted_at is null)
      as parent_id
  from operations o
  cross join lateral (
    select coalesce(sum(succeeded), 0)::bigint as succeeded, coalesce(sum(unchanged), 0)::bigint as unchanged,
      coalesce(sum(failed), 0)::bigint as failed, min(first_failed_row) as first_failed_row, min(byte) as bytes_done
    from lanes where operation_number = o.number
  ) l
  where o.deleted_at is null`

export function toRecord(stored: StoredOperation): OperationRecord {
  return {
    id: stored.id,
    number: BigInt(stored.number),
    tenantId: stored.tenant_id,
    type: stored.type,
    name: stored.name,
    state: stored.state,
    paused: stored.paused,
    reason: stored.reason,
    options: stored.options,
    policy: { maxFailedRows: numberOrNull(stored.max_failed_rows), maxFailedRatio: stored.max_failed_ratio },
    source: stored.source,
    declared: stored.declared,
    startsByItself: stored.starts_by_itself,
    normalisedKey: stored.normalised_key,
    normalisedBytes: numberOrNull(stored.normalised_bytes),
    total: numberOrNull(stored.total),
    succeeded: Number(stored.succeeded),
    unchanged: Number(stored.unchanged),
    failed: Number(stored.failed),
    resolved: Number(stored.resolved),
    bytesDone: numberOrNull(stored.bytes_done),
    firstFailedRow: numberOrNull(stored.first_failed_row),
    firstMistake: stored.first_mistake && { ...stored.first_mistake, params: stored.first_mistake.params ?? undefined },
    parentId: stored.parent_id,
    createdBy: stored.created_by,
    createdAt: stored.created_at,
    startedAt: stored.started_at,
    endedAt: stored.ended_at,
    filesRemovedAt: stored.files_removed_at,
    archiveRemovedAt: stored.archive_removed_at,
    resultKey: stored.result_key,
  }
}

function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text)
}
