import type { Delivering } from '@muster/engine/ports'
import type { Pool } from 'pg'
import { inTransaction } from '../turns/transaction.ts'

/**
 * FAILED, with a sentence that tells why: no further message is sent, and whoever still reads rows can commit nothing
 * more. Does nothing when the operation has ended or is paused.
 */
export async function stopDelivering(pool: Pool, { number }: Delivering, message: string): Promise<void> {
  await inTransaction(pool, 'begin', async (client) => {
    const { rows } = await client.query<{ lease: string }>(
      `update operations set state = 'FAILED', reason = $2, changed_by = 'worker', ended_at = now(), lease = lease + 1
      where number = $1 and state = 'PROCESSING' and not paused returning lease`,
      [number, message],
    )
    const [stopped] = rows
    if (stopped === undefined) return
    await client.query('update lanes set lease = $2 where operation_number = $1', [number, stopped.lease])
  })
}
