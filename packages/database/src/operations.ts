import type { OperationState, OperationType, RowCode, RowMistake, RowParams } from '@muster/contracts'
import type { CsvSource } from '@muster/engine/ports'
import type { Pool } from 'pg'

export interface NewOperation {
  /** A UUID; inserting the same again changes nothing. */
  readonly id: string
  readonly tenantId: number
  readonly type: OperationType
  readonly name: string
  /** JSON; what the operation's definition reads back. */
  readonly options: unknown
  readonly source: CsvSource
  /** The token's subject. */
  readonly createdBy: string
}

/** An operation as its record tells it, all counts of one moment. */
export interface OperationRecord {
  readonly id: string
  readonly number: bigint
  readonly type: OperationType
  readonly name: string
  readonly state: OperationState
  readonly source: CsvSource
  /** The key of the source in UTF-8; null when there is no copy. */
  readonly normalisedKey: string | null
  /** Rows of the source; null until they are counted. */
  readonly total: number | null
  readonly succeeded: number
  readonly unchanged: number
  readonly failed: number
  /** Row number; null while none has failed. */
  readonly firstFailedRow: number | null
  /** What is wrong with that row, first of all; null while none has failed. */
  readonly firstMistake: RowMistake | null
  /** Why the operation failed as a whole; null when it did not. */
  readonly fault: string | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
}

// The update changes nothing; it makes the row that was there already come back.
const INSERT = `
  insert into operations (id, tenant_id, type, name, state, options, source, created_by)
  values ($1, $2, $3, $4, 'SCHEDULED', $5, $6, $7)
  on conflict (id) do update set id = excluded.id
  returning number, state, created_at, started_at`

/** The operation is SCHEDULED once this returns. Safe to repeat when the answer to a first try was lost. */
export async function insertOperation(pool: Pool, operation: NewOperation): Promise<OperationRecord> {
  const { id, tenantId, type, name, options, source, createdBy } = operation
  const values = [id, tenantId, type, name, JSON.stringify(options), JSON.stringify(source), createdBy]
  const { rows } = await pool.query<Pick<Stored, 'number' | 'state' | 'created_at' | 'started_at'>>(INSERT, values)
  const [inserted] = rows
  if (inserted === undefined) throw new Error('the insert returned no row')
  return toRecord({ id, type, name, source, ...NOTHING_DONE, ...inserted })
}

interface Stored {
  id: string
  number: string
  type: OperationType
  name: string
  state: OperationState
  source: CsvSource
  normalised_key: string | null
  total: string | null
  succeeded: string
  unchanged: string
  failed: string
  first_failed_row: string | null
  first_mistake: { code: RowCode; column: string | null; params: RowParams | null } | null
  fault: string | null
  created_at: Date
  started_at: Date | null
  ended_at: Date | null
}

const NOTHING_DONE = {
  normalised_key: null,
  total: null,
  succeeded: '0',
  unchanged: '0',
  failed: '0',
  first_failed_row: null,
  first_mistake: null,
  fault: null,
  ended_at: null,
}

const FIND = `
  select o.id, o.number, o.type, o.name, o.state, o.source, o.normalised_key, o.total, o.fault,
    o.created_at, o.started_at, o.ended_at, l.succeeded, l.unchanged, l.failed, l.first_failed_row,
    (
      select jsonb_build_object('code', f.code, 'column', f.column_name, 'params', f.params)
      from failed_rows f
      where f.operation_number = o.number and f.row_number = l.first_failed_row
      order by f.ordinal limit 1
    ) as first_mistake
  from operations o
  cross join lateral (
    select coalesce(sum(succeeded), 0)::bigint as succeeded, coalesce(sum(unchanged), 0)::bigint as unchanged,
      coalesce(sum(failed), 0)::bigint as failed, min(first_failed_row) as first_failed_row
    from lanes where operation_number = o.number
  ) l
  where o.tenant_id = $1 and o.id = $2`

/** Null when the tenant has no such operation. `id` is a UUID. */
export async function findOperation(pool: Pool, tenantId: number, id: string): Promise<OperationRecord | null> {
  const { rows } = await pool.query<Stored>(FIND, [tenantId, id])
  return rows[0] === undefined ? null : toRecord(rows[0])
}

/** Those of the ids, UUIDs, that are operations of whichever tenant. */
export async function knownOperations(pool: Pool, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ id: string }>('select id from operations where id = any($1::uuid[])', [ids])
  return new Set(rows.map((row) => row.id))
}

/** How many operations no worker has moved on of late, and for how long the oldest has waited. */
export interface WaitingOperations {
  readonly count: number
  /** 0 when none waits. */
  readonly oldestSeconds: number
}

// A worker that has the operation commits a chunk many times within this time.
const WAITING = `
  select count(*)::integer as count,
    coalesce(extract(epoch from now() - min(since)), 0)::double precision as "oldestSeconds"
  from (
    select coalesce((select max(changed_at) from lanes where operation_number = o.number), o.created_at) as since, o.state
    from operations o where o.state in ('SCHEDULED', 'PROCESSING')
  ) open
  where state = 'SCHEDULED' or since < now() - interval '30 seconds'`

/** Waiting: SCHEDULED, or PROCESSING without a row committed in the last 30 s. */
export async function waitingOperations(pool: Pool): Promise<WaitingOperations> {
  const { rows } = await pool.query<WaitingOperations>(WAITING)
  return rows[0] ?? { count: 0, oldestSeconds: 0 }
}

function toRecord(stored: Stored): OperationRecord {
  return {
    id: stored.id,
    number: BigInt(stored.number),
    type: stored.type,
    name: stored.name,
    state: stored.state,
    source: stored.source,
    normalisedKey: stored.normalised_key,
    total: stored.total === null ? null : Number(stored.total),
    succeeded: Number(stored.succeeded),
    unchanged: Number(stored.unchanged),
    failed: Number(stored.failed),
    firstFailedRow: stored.first_failed_row === null ? null : Number(stored.first_failed_row),
    firstMistake: stored.first_mistake && { ...stored.first_mistake, params: stored.first_mistake.params ?? undefined },
    fault: stored.fault,
    createdAt: stored.created_at,
    startedAt: stored.started_at,
    endedAt: stored.ended_at,
  }
}
