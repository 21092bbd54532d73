import type { OperationState, OperationType } from '@muster/contracts'

/** An operation as those see it who look after all tenants, all of one moment. */
export interface OverviewOperation {
  readonly id: string
  readonly number: bigint
  readonly tenantId: number
  readonly tenantName: string
  readonly type: OperationType
  readonly name: string
  readonly state: OperationState
  readonly paused: boolean
  /**
   * While it is SCHEDULED and not paused: from 1, its place by age among its tenant's operations that have rows to
   * read; `LAST_PLACE` for all others beyond. Small ones overtake. Null when it does not wait.
   */
  readonly place: number | null
  /** Rows of the source; null until they are counted. */
  readonly total: number | null
  /** Rows that have their outcome. */
  readonly done: number
  readonly failed: number
  /** Bytes of the source in UTF-8; null until they are known. */
  readonly bytes: number | null
  /** Those of them whose rows have been read; null before the first turn. */
  readonly bytesDone: number | null
  /** Null while it has not begun. */
  readonly rate: RowRate | null
  readonly createdAt: Date
  /** When a worker took it up; null before. */
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  /** Of its data, lower-case hexadecimal; null until the data is complete. */
  readonly sha256: string | null
}

export interface RowRate {
  /** Rows read a second, or, when it is of the whole run, rows that got their outcome. */
  readonly perSecond: number
  /** Of at most the last minute while rows are read; after that of all the time since it was taken up, pauses included. */
  readonly of: 'last minute' | 'whole run'
}

/** A row of `OVERVIEW`. */
export interface StoredOverview {
  id: string
  number: string
  tenant_id: number
  tenant_name: string
  type: OperationType
  name: string
  state: OperationState
  paused: boolean
  place: number | null
  total: string | null
  done: string
  failed: string
  bytes: string | null
  bytes_done: string | null
  is_reading: boolean
  recent_rate: number | null
  mean_rate: number | null
  created_at: Date
  started_at: Date | null
  ended_at: Date | null
  sha256: string | null
}

// Marks of chunks are found by their row number, newest first; fifty are some seconds of a fast operation.
const RECENT_RATE = `
  select coalesce(
    (max(row_number) - min(row_number)) / nullif(extract(epoch from now() - min(at)), 0), 0
  )::double precision as rate
  from (
    select row_number, at from chunks
    where operation_number = o.number and lane >= 0 order by row_number desc limit 50
  ) newest
  where at > now() - interval '1 minute'`

/** Beyond it places are not counted, lest a page of those that wait reads too much. */
export const LAST_PLACE = 100

const PLACE = `
  select count(*)::integer from (
    select from operations earlier
    where earlier.tenant_id = o.tenant_id and earlier.number <= o.number
      and earlier.state in ('SCHEDULED', 'PROCESSING') and not earlier.paused and earlier.total is null
    limit ${LAST_PLACE}
  ) earlier`

/** What is told of the operations `o`; conditions are added with `where`. Every part of it is a few probes of an index. */
export const OVERVIEW = `
  select o.id, o.number, o.tenant_id, tenants.name as tenant_name, o.type, o.name, o.state, o.paused,
    case when o.state = 'SCHEDULED' and not o.paused then (${PLACE}) end as place,
    o.total, l.done, l.failed, l.bytes_done,
    case when o.normalised_key is not null then o.normalised_bytes
      when o.source ->> 'encoding' = 'UTF-8' then (o.source ->> 'bytes')::bigint end as bytes,
    o.state = 'PROCESSING' and o.total is null as is_reading,
    case when o.state = 'PROCESSING' and o.total is null then (${RECENT_RATE}) end as recent_rate,
    l.done / nullif(extract(epoch from coalesce(o.ended_at, now()) - o.started_at), 0)::double precision as mean_rate,
    o.created_at, o.started_at, o.ended_at, o.source ->> 'sha256' as sha256
  from operations o
  join tenants on tenants.id = o.tenant_id
  cross join lateral (
    select coalesce(sum(succeeded + unchanged + failed), 0)::bigint as done, coalesce(sum(failed), 0)::bigint as failed,
      min(byte) as bytes_done
    from lanes where operation_number = o.number
  ) l`

export function toOverview(stored: StoredOverview): OverviewOperation {
  return {
    id: stored.id,
    number: BigInt(stored.number),
    tenantId: stored.tenant_id,
    tenantName: stored.tenant_name,
    type: stored.type,
    name: stored.name,
    state: stored.state,
    paused: stored.paused,
    place: stored.place,
    total: numberOrNull(stored.total),
    done: Number(stored.done),
    failed: Number(stored.failed),
    bytes: numberOrNull(stored.bytes),
    bytesDone: numberOrNull(stored.bytes_done),
    rate: rateOf(stored),
    createdAt: stored.created_at,
    startedAt: stored.started_at,
    endedAt: stored.ended_at,
    sha256: stored.sha256,
  }
}

function rateOf({ is_reading, recent_rate, mean_rate }: StoredOverview): RowRate | null {
  if (is_reading) return { perSecond: recent_rate ?? 0, of: 'last minute' }
  return mean_rate === null ? null : { perSecond: mean_rate, of: 'whole run' }
}

function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text)
}
