import type { EnrollmentId } from '@muster/contracts'
import type { Pool } from 'pg'
import { inTransaction } from '../turns/transaction.ts'
import { lockRecords } from './lock-records.ts'

// A pass that is void can be taken to no wallet any more, so that its claims are of no use. Those passes are locked
// in the order of their ids.
const DELETE = `
  with gone as (
    delete from enrollment_records where id = any($1::bigint[]) returning id
  ), freed as (
    delete from enrollment_unique_values where record_id in (select id from gone)
  ), ending as (
    select id from passes where record_id in (select id from gone) and voided_at is null order by id for update
  )
  update passes set voided_at = clock_timestamp(), changed_at = clock_timestamp() where id in (select id from ending)`

/**
 * Deletes records, and makes their passes void. One transaction.
 *
 * @returns for each id, whether it was of a record of the tenant; a second time, it is not any more
 */
export async function deleteRecords(
  pool: Pool,
  tenantId: number,
  ids: readonly EnrollmentId[],
): Promise<readonly boolean[]> {
  if (ids.length === 0) return []
  return inTransaction(pool, 'begin', async (client) => {
    // A statement of its own: a pass that is issued while this waits is seen by the next one.
    const known = await lockRecords(client, tenantId, ids)
    const doomed = new Set<string>()
    const deleted = ids.map(({ key }, index) => {
      if (known[index] !== true || doomed.has(key)) return false
      doomed.add(key)
      return true
    })
    if (doomed.size > 0) await client.query(DELETE, [[...doomed]])
    return deleted
  })
}
