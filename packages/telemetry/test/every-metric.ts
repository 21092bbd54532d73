import { createApiMetrics, createDashboardMetrics, createWorkerMetrics } from '../src/index.ts'
import { SILENT, scrape } from './series.ts'

/** What an endpoint for Prometheus says of a metric. */
export interface Described {
  readonly name: string
  readonly type: string
  readonly help: string
  /** Sorted; `service`, which all have, left out. */
  readonly labels: readonly string[]
}

/** What the endpoint of each process shows once everything has happened that can. */
export async function everyMetric(): Promise<Readonly<Record<'api' | 'worker' | 'dashboard', readonly Described[]>>> {
  const [api, worker, dashboard] = await Promise.all([busyApi(), busyWorker(), busyDashboard()])
  return { api: described(api), worker: described(worker), dashboard: described(dashboard) }
}

const POOL = { totalCount: 2, idleCount: 1, waitingCount: 0 }
const SPACE = async () => ({ freeBytes: 1, sizeBytes: 2 })

function busyApi(): Promise<string> {
  const metrics = createApiMetrics(SILENT)
  metrics.httpRequest({ method: 'GET', route: '/', status: 200, seconds: 1 })
  metrics.certificate('apple_pass', new Date())
  metrics.observePool(POOL)
  metrics.observeFileStoreSpace(SPACE)
  return scrape(metrics)
}

function busyWorker(): Promise<string> {
  const metrics = createWorkerMetrics(['operations'], SILENT)
  metrics.observePool(POOL)
  metrics.observeFileStoreSpace(SPACE)
  return scrape(metrics)
}

function busyDashboard(): Promise<string> {
  const metrics = createDashboardMetrics(SILENT)
  metrics.observePool(POOL)
  metrics.observeOperations(async () => ({
    byState: {},
    paused: 0,
    waiting: 0,
    oldestWaitingSeconds: 0,
    oldestUnprogressedSeconds: 0,
  }))
  metrics.observeMessages(async () => ({ count: 0, oldestSeconds: 0 }))
  metrics.observeQueues(async () => [{ queue: 'operations', jobs: { waiting: 0 }, oldestSeconds: 0 }])
  metrics.observeWorkers(async () => 1)
  metrics.observeRedis(async () => ({ memoryBytes: 1, memoryLimitBytes: 0, evictedKeys: 0, isNoEviction: true }))
  metrics.observePostgres(async () => ({ connections: 1, connectionsLimit: 1, sizeBytes: 1 }))
  return scrape(metrics)
}

function described(body: string): readonly Described[] {
  return [...body.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\w+)\n((?:[^#\n].*\n)*)/gm)].map(
    ([, name = '', help = '', type = '', series = '']) => ({ name, help, type, labels: labelNames(series) }),
  )
}

/** Of all series of a metric; those that its type brings with it left out. */
function labelNames(series: string): readonly string[] {
  const names = [...series.matchAll(/[{,](\w+)="/g)].map(([, name = '']) => name)
  return [...new Set(names)].filter((name) => !['service', 'le', 'quantile'].includes(name)).sort()
}
