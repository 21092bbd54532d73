import type { OperationType } from '@muster/contracts'
import type { Pool } from 'pg'
import type { PendingOperation } from '../queueing/pending-operations.ts'
import { isSettled } from '../turns/end-operation.ts'

const AT_ONCE = 1_000

// What is due is held by somebody who is gone, or by nobody. Held messages of operations that have ended are told too.
const PENDING = `
  with due as (
    select o.number, o.id, o.type, o.tenant_id
    from operations o
    where o.state = 'PROCESSING' and not o.paused and o.type = any($2::text[]) and o.deleted_at is null
      and (o.deliver_after is null or o.deliver_after <= now())
      and (
        exists (select from outbox where operation_number = o.number and settled_at is null and due_at <= now())
        or (o.total is not null and ${isSettled('o.number')})
      )
    union
    select o.number, o.id, o.type, o.tenant_id
    from (
      select operation_number from outbox
      where held_by is not null and settled_at is null and due_at <= now() order by due_at limit ${AT_ONCE}
    ) held join operations o on o.number = held.operation_number
    where o.deleted_at is null
  )
  select id, type from (
    select id, type, number, row_number() over (partition by tenant_id order by number) as place from due
  ) placed
  where place <= $1 order by place, number limit ${AT_ONCE}`

/**
 * The operations whose messages should be carried out now: the oldest of each tenant, tenants in turn.
 *
 * @param perTenant operations of a tenant at most
 * @param types those whose rows are deferred
 */
export async function pendingDeliveries(
  pool: Pool,
  perTenant: number,
  types: readonly OperationType[],
): Promise<readonly Omit<PendingOperation, 'isExpress'>[]> {
  const { rows } = await pool.query<{ id: string; type: OperationType }>(PENDING, [perTenant, types])
  return rows.map(({ id, type }) => ({ operationId: id, type }))
}
