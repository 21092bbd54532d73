import type { Pool } from '@muster/database'
import type { WatchedQueues } from '@muster/queue'
import type { Health } from '@muster/telemetry'

const PATIENCE_MS = 2_000

/** What the dashboard stands on. It is ready without Redis: the operations and the audit are in PostgreSQL. */
export async function checkHealth(pool: Pool, queues: WatchedQueues): Promise<Health> {
  const [database, redis] = await Promise.all([answers(pool), queues.isUp()])
  return { ready: database, checks: { database, redis } }
}

/** False when PostgreSQL fails, or takes longer than 2 s. */
async function answers(pool: Pool): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS)
  })
  const asked = pool.query('select 1').then(
    () => true,
    () => false,
  )
  const answered = await Promise.race([asked, late])
  clearTimeout(timer)
  return answered
}
