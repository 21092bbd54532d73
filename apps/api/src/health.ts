import type { Services } from './services.ts'

export interface Readiness {
  /** `degraded`: everything is taken, but operations start later than they could. */
  readonly status: 'ready' | 'degraded' | 'unready'
  readonly checks: { readonly postgres: Check; readonly fileStore: Check; readonly redis: Check }
}

type Check = 'up' | 'down'

const PATIENCE_MS = 2_000

/** Whether requests can be served: PostgreSQL and the file store must work, Redis may be away. */
export async function readiness({
  pool,
  files,
  producer,
}: Pick<Services, 'pool' | 'files' | 'producer'>): Promise<Readiness> {
  const [postgres, fileStore, redis] = await Promise.all([
    check(pool.query('select 1')),
    check(files.check()),
    check(producer.isUp()),
  ])
  const works = postgres === 'up' && fileStore === 'up'
  return {
    status: works ? (redis === 'up' ? 'ready' : 'degraded') : 'unready',
    checks: { postgres, fileStore, redis },
  }
}

/** Down when the question fails, is answered with false, or is not answered in time. */
async function check(question: Promise<unknown>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS)
  })
  const answer = await Promise.race([question.catch(() => false), late])
  clearTimeout(timer)
  return answer === false ? 'down' : 'up'
}
