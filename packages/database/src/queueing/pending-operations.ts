import type { OperationType } from '@muster/contracts'
import type { Pool } from 'pg'
import { inFlight, OPEN, UNCOUNTED } from './in-flight.ts'

/** Of a tenant's operations whose rows are still to be counted, those that may be counted at the same time. */
const COUNTED_AT_ONCE = 2
const AT_ONCE = 1_000

/** A file that one short turn carries out, or nearly: some 10,000 users. */
const EXPRESS_BYTES = 1024 * 1024

export interface PendingOperation {
  readonly operationId: string
  readonly type: OperationType
  /** Small and without a turn yet, so that it need not wait for the turns of large ones. */
  readonly isExpress: boolean
}

// The tenants that have anything open, each found by one probe of the index.
const PENDING = `
  with recursive tenant as (
    (select tenant_id from operations where ${OPEN} order by tenant_id limit 1)
    union all
    select (
      select tenant_id from operations where ${OPEN} and tenant_id > tenant.tenant_id order by tenant_id limit 1
    ) from tenant where tenant.tenant_id is not null
  ), pending as (
    select id, type, number,
      row_number() over (partition by tenant.tenant_id order by is_smallest desc, number) as place
    from tenant cross join lateral ${inFlight('tenant.tenant_id', '$1')} in_flight
    union all
    select id, type, number, place from (
      select id, type, number, row_number() over (partition by tenant_id order by number) as place
      from operations where ${UNCOUNTED}
    ) uncounted where place <= ${COUNTED_AT_ONCE}
  )
  select id, type, (
    select state = 'SCHEDULED' and (source ->> 'bytes')::bigint <= ${EXPRESS_BYTES} and not source ? 'isRetry'
    from operations where number = pending.number
  ) as is_express
  from pending order by place, number limit ${AT_ONCE}`

/**
 * The operations that should have a job: of every tenant those in flight (see `inFlight`), and a few that are to be
 * counted. Tenants in turn, the smallest of each first; so a tenant with thousands waiting holds up no other.
 *
 * @param perTenant operations of a tenant in flight at most, from 2
 */
export async function pendingOperations(pool: Pool, perTenant: number): Promise<PendingOperation[]> {
  const { rows } = await pool.query<{ id: string; type: OperationType; is_express: boolean }>(PENDING, [perTenant])
  return rows.map(({ id, type, is_express }) => ({ operationId: id, type, isExpress: is_express }))
}

const IS_PENDING = `
  select exists (
    select from operations o
    where id = $1 and (
      (${UNCOUNTED}) or number in (select number from ${inFlight('o.tenant_id', '$2')} in_flight)
    )
  ) as pending`

/** Whether an operation that has had a turn should have another: false when a smaller one has displaced it. */
export async function isPending(pool: Pool, operationId: string, perTenant: number): Promise<boolean> {
  const { rows } = await pool.query<{ pending: boolean }>(IS_PENDING, [operationId, perTenant])
  return rows[0]?.pending ?? false
}
