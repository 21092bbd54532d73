import type { Pool } from '@muster/database'
import type { FileStore } from '@muster/engine'
import type { OperationsProducer } from '@muster/queue'

interface Services {
  readonly pool: Pool
  readonly files: FileStore
  readonly producer: OperationsProducer
}

/** What the worker stands on. It is ready without Redis, which it needs for turns but may be away for a while. */
export async function checkHealth({ pool, files, producer }: Services) {
  const [database, store, redis] = await Promise.all([
    succeeds(pool.query('select 1')),
    succeeds(files.check()),
    producer.isUp(),
  ])
  return { ready: database && store, checks: { database, files: store, redis } }
}

const PATIENCE_MS = 2_000

/** False when the work fails, or is not done in time. */
async function succeeds(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS)
  })
  const done = work.then(
    () => true,
    () => false,
  )
  const answer = await Promise.race([done, late])
  clearTimeout(timer)
  return answer
}
