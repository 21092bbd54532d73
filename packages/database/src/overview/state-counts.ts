import { OPERATION_STATES, type OperationState } from '@muster/contracts'
import type { Pool } from 'pg'

/** How many operations there are in each state, and how many are paused. */
export interface StateCounts {
  readonly states: Readonly<Record<OperationState, number>>
  /** Counted in their state as well. */
  readonly paused: number
}

/** Nobody reads more than that, and counting has an end. */
export const COUNTED_UP_TO = 10_000

// Each state by its name: how common it is decides how it is counted fastest.
const countsSql = (ofTenant: string) => {
  const conditions = OPERATION_STATES.map((state) => [state, `state = '${state}' and deleted_at is null`] as const)
  return [...conditions, ['PAUSED', 'paused'] as const]
    .map(
      ([name, condition]) => `
      select '${name}' as name, count(*)::integer as count
      from (select from operations where ${condition}${ofTenant} limit ${COUNTED_UP_TO}) counted`,
    )
    .join(' union all ')
}

const COUNTS = { all: countsSql(''), tenant: countsSql(' and tenant_id = $1') }

/**
 * Operations by state; `COUNTED_UP_TO` stands for that many or more.
 *
 * @param tenantId null for those of all tenants
 */
export async function countStates(pool: Pool, tenantId: number | null): Promise<StateCounts> {
  const { rows } = await pool.query<{ name: OperationState | 'PAUSED'; count: number }>(
    tenantId === null ? COUNTS.all : COUNTS.tenant,
    tenantId === null ? [] : [tenantId],
  )
  const counts = new Map(rows.map(({ name, count }) => [name, count]))
  const of = (name: OperationState | 'PAUSED') => counts.get(name) ?? 0
  return {
    states: {
      AWAITING_DATA: of('AWAITING_DATA'),
      SCHEDULED: of('SCHEDULED'),
      PROCESSING: of('PROCESSING'),
      COMPLETED: of('COMPLETED'),
      FAILED: of('FAILED'),
      CANCELLED: of('CANCELLED'),
    },
    paused: of('PAUSED'),
  }
}
