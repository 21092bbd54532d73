import type { OperationState, OperationType } from '@muster/contracts'
import type { Delivering } from '@muster/engine/ports'
import type { Pool } from 'pg'

interface Stored {
  number: string
  id: string
  tenant_id: number
  type: OperationType
  state: OperationState
  paused: boolean
  options: unknown
  total: string | null
  max_failed_rows: string | null
  max_failed_ratio: number | null
  delivery_failures: number
  succeeded: string
  unchanged: string
  failed: string
}

const FIND = `
  select o.number, o.id, o.tenant_id, o.type, o.state, o.paused, o.options, o.total, o.max_failed_rows,
    o.max_failed_ratio, o.delivery_failures, l.*
  from operations o cross join lateral (
    select coalesce(sum(succeeded), 0) as succeeded, coalesce(sum(unchanged), 0) as unchanged,
      coalesce(sum(failed), 0) as failed
    from lanes where operation_number = o.number
  ) l
  where o.id = $1 and o.deleted_at is null`

/** An operation by its id, a UUID, as its deliveries need it; null when there is none. */
export async function findDelivering(pool: Pool, operationId: string): Promise<Delivering | null> {
  const [row] = (await pool.query<Stored>(FIND, [operationId])).rows
  if (row === undefined) return null
  const number = (text: string | null) => (text === null ? null : Number(text))
  return {
    number: BigInt(row.number),
    id: row.id,
    tenantId: row.tenant_id,
    type: row.type,
    state: row.state,
    paused: row.paused,
    options: row.options,
    total: number(row.total),
    policy: { maxFailedRows: number(row.max_failed_rows), maxFailedRatio: row.max_failed_ratio },
    counts: { succeeded: Number(row.succeeded), unchanged: Number(row.unchanged), failed: Number(row.failed) },
    failures: row.delivery_failures,
  }
}
