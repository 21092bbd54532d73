import type { OperationState } from '@muster/contracts'
import type { Pool } from 'pg'

/** What of an operation may change while somebody watches it, all of one moment. */
export interface WatchedOperation {
  readonly number: bigint
  readonly state: OperationState
  readonly paused: boolean
  /** Of the last change of its state or pause; decimal digits, ever growing. */
  readonly changeId: string
  /** Of its data, lower-case hexadecimal; null until the data is complete. */
  readonly sha256: string | null
  /** Bytes of the source in UTF-8; null until they are known. */
  readonly bytes: number | null
  /** Those of them whose rows all have their outcome; null before the first turn. */
  readonly bytesDone: number | null
  /** Rows of the source; null until they are counted. */
  readonly total: number | null
  readonly succeeded: number
  readonly unchanged: number
  readonly failed: number
  /** Failed and unprocessed rows that a retry has brought through. */
  readonly resolved: number
  readonly endedAt: Date | null
  readonly filesRemoved: boolean
}

interface Stored {
  number: string
  state: OperationState
  paused: boolean
  change_id: string
  sha256: string | null
  bytes: string | null
  bytes_done: string | null
  total: string | null
  succeeded: string
  unchanged: string
  failed: string
  resolved: string
  ended_at: Date | null
  files_removed: boolean
}

const WATCHED = `
  select o.number, o.state, o.paused, o.total, o.ended_at, o.source ->> 'sha256' as sha256,
    o.files_removed_at is not null as files_removed,
    case when o.normalised_key is not null then o.normalised_bytes
      when o.source ->> 'encoding' = 'UTF-8' then (o.source ->> 'bytes')::bigint end as bytes,
    l.succeeded, l.unchanged, l.failed, l.bytes_done,
    (select coalesce(max(id), 0) from operation_history where operation_number = o.number) as change_id,
    (
      select coalesce(sum(child_lanes.resolved), 0)::bigint
      from operations child join lanes child_lanes on child_lanes.operation_number = child.number
      where child.parent_number = o.number
    ) as resolved
  from operations o
  cross join lateral (
    select coalesce(sum(succeeded), 0)::bigint as succeeded, coalesce(sum(unchanged), 0)::bigint as unchanged,
      coalesce(sum(failed), 0)::bigint as failed, min(byte) as bytes_done
    from lanes where operation_number = o.number
  ) l
  where o.number = any($1::bigint[]) and o.deleted_at is null`

/** The operations of these numbers; deleted ones are left out. Whose they are is the caller's to know. */
export async function watchedOperations(
  pool: Pool,
  numbers: readonly bigint[],
): Promise<ReadonlyMap<bigint, WatchedOperation>> {
  const { rows } = await pool.query<Stored>(WATCHED, [numbers.map(String)])
  return new Map(rows.map(toWatched).map((operation) => [operation.number, operation]))
}

function toWatched(stored: Stored): WatchedOperation {
  return {
    number: BigInt(stored.number),
    state: stored.state,
    paused: stored.paused,
    changeId: stored.change_id,
    sha256: stored.sha256,
    bytes: numberOrNull(stored.bytes),
    bytesDone: numberOrNull(stored.bytes_done),
    total: numberOrNull(stored.total),
    succeeded: Number(stored.succeeded),
    unchanged: Number(stored.unchanged),
    failed: Number(stored.failed),
    resolved: Number(stored.resolved),
    endedAt: stored.ended_at,
    filesRemoved: stored.files_removed,
  }
}

function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text)
}
