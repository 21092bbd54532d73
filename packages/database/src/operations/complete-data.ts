import { TRANSITIONS } from '@muster/contracts'
import type { Source } from '@muster/engine/ports'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../turns/transaction.ts'
import { type OfferedData, refuseDuplicate } from './duplicate-data.ts'

export interface CompletedData extends Omit<OfferedData, 'sha256' | 'request'> {
  readonly source: Source
  /** The token's subject. */
  readonly by: string
  /** Refused when an operation of so many hours has the same type, options and data; 0: never. */
  readonly duplicateWindowHours: number
}

// The row is locked as it is now, so that of two at once the second sees the first's data as what it replaces.
const COMPLETE = `
  with awaiting as (
    select number, source ->> 'key' as replaced from operations
    where tenant_id = $1 and id = $2 and state = 'AWAITING_DATA' and deleted_at is null
    for update
  )
  update operations o
  set source = $3, changed_by = $4,
    state = case when o.starts_by_itself then 'SCHEDULED' else o.state end,
    reason = case when o.starts_by_itself then $5 else 'It is to be started.' end
  from awaiting where o.number = awaiting.number
  returning awaiting.replaced`

/**
 * Gives an operation that awaits it its data: it is SCHEDULED then, unless it is to be started by its caller.
 * Throws `DuplicateData`.
 *
 * @returns the file that the operation had before and has no more, null when it had none; or null when the operation
 * awaits no data: nothing was changed
 */
export async function completeData(
  pool: Pool,
  data: CompletedData,
): Promise<{ readonly replaced: string | null } | null> {
  const { source, duplicateWindowHours: hours } = data
  if (hours === 0) return complete(pool, data)
  return inTransaction(pool, 'begin', async (client) => {
    await refuseDuplicate(client, { ...data, sha256: source.sha256, request: null }, hours)
    return complete(client, data)
  })
}

async function complete(client: Pool | PoolClient, { tenantId, operationId, source, by }: CompletedData) {
  const { rows } = await client.query<{ replaced: string | null }>(COMPLETE, [
    tenantId,
    operationId,
    JSON.stringify(source),
    by,
    TRANSITIONS.AWAITING_DATA.SCHEDULED,
  ])
  return rows[0] ?? null
}

/** Schedules an operation that has its data and awaits its start. False when it is in no such state. */
export async function startOperation(
  pool: Pool,
  { tenantId, operationId, by }: Pick<CompletedData, 'tenantId' | 'operationId' | 'by'>,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update operations set state = 'SCHEDULED', reason = 'It was started.', changed_by = $3
    where tenant_id = $1 and id = $2 and state = 'AWAITING_DATA' and source is not null and deleted_at is null`,
    [tenantId, operationId, by],
  )
  return rowCount === 1
}
