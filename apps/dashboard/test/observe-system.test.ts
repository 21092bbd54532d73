import { createPool, type Pool } from '@muster/database'
import { consumeOperations, type WatchedQueues, watchQueues } from '@muster/queue'
import { createDashboardMetrics, type DashboardMetrics } from '@muster/telemetry'
import { inTime, type TestDatabase, type TestRedis, testDatabase, testRedis } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { observeSystem } from '../src/observe-system.ts'
import { cuttableDatabase } from './cuttable-database.ts'

const LOG = { info: () => {}, warn: () => {}, error: () => {} }
/** A collector's two seconds, and what a busy machine adds. */
const SCRAPE_MS = 3_500

let database: TestDatabase
let redis: TestRedis
let pool: Pool
let queues: WatchedQueues
let metrics: DashboardMetrics
beforeAll(async () => {
  ;[database, redis] = await Promise.all([testDatabase(), testRedis()])
  pool = createPool(database.url, { applicationName: 'observing', connections: 4 })
  queues = watchQueues(redis.url, LOG)
  metrics = observing(pool)
})
afterAll(async () => {
  await queues.close()
  await pool.end()
  await redis.stop()
  await database.drop()
})

function observing(ofPool: Pool): DashboardMetrics {
  const made = createDashboardMetrics(LOG)
  made.observePool(ofPool)
  observeSystem({ metrics: made, pool: ofPool, queues })
  return made
}

/** The values of the series of a metric, by what its labels say. */
function series(body: string, name: string): Readonly<Record<string, number>> {
  const lines = body.split('\n').filter((line) => line.startsWith(`${name}{`))
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )
}
const total = (body: string, name: string) => Object.values(series(body, name)).reduce((sum, each) => sum + each, 0)
const scrape = async (of = metrics) => (await inTime(SCRAPE_MS, of.text())).body
const isUp = async (name: string, of = metrics) => (await scrape(of)).includes(`${name}{service="dashboard"} 1`)

describe('the whole system, observed', () => {
  it('has series for every metric but those of what has not happened', async () => {
    await expect.poll(() => isUp('muster_redis_up')).toBe(true)
    const consumer = consumeOperations({ redisUrl: redis.url, concurrency: 1, handler: async () => 'ended', log: LOG })
    await expect.poll(async () => total(await scrape(), 'muster_workers')).toBe(1)
    const errors = total(await scrape(), 'muster_collector_errors_total')
    const body = await scrape()
    const names = [...body.matchAll(/^# TYPE (muster_\S+) (\w+)$/gm)].map(([, name = '', type]) =>
      type === 'histogram' ? `${name}_count` : name,
    )
    expect(names.length).toBeGreaterThan(20)
    expect(names.filter((name) => Object.keys(series(body, name)).length === 0)).toEqual([])
    expect(total(body, 'muster_collector_errors_total')).toBe(errors)
    await consumer.close()
  })

  for (const [what, signal] of [
    ['hangs', 'SIGSTOP'],
    ['is killed', 'SIGKILL'],
  ] as const) {
    it(`is told without Redis while that ${what}, in time, and with it again after`, async () => {
      await expect.poll(() => isUp('muster_redis_up')).toBe(true)
      const { pid } = redis.server()
      process.kill(pid, signal)
      try {
        await expect.poll(() => isUp('muster_redis_up')).toBe(false)
        const before = series(await scrape(), 'muster_collector_errors_total')
        const body = await scrape()
        expect(series(body, 'muster_queue_jobs')).toEqual({})
        expect(series(body, 'muster_workers')).toEqual({})
        expect(total(body, 'muster_postgres_up')).toBe(1)
        const after = Object.entries(series(body, 'muster_collector_errors_total'))
        const failed = after.filter(([labels, count]) => count > (before[labels] ?? 0))
        expect(failed.map(([labels]) => /collector="(\w+)"/.exec(labels)?.[1]).sort()).toEqual([
          'queues',
          'redis',
          'workers',
        ])
      } finally {
        if (signal === 'SIGSTOP') process.kill(pid, 'SIGCONT')
        else await redis.restart()
      }
      await expect.poll(() => isUp('muster_redis_up')).toBe(true)
    })
  }

  it('is told without PostgreSQL while that hangs, in time, and with it again after', async () => {
    const hanging = createPool(database.url, { applicationName: 'hanging', connections: 2 })
    const own = observing(hanging)
    await expect.poll(() => isUp('muster_postgres_up', own)).toBe(true)
    const pids = await database.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'hanging'`,
    )
    for (const { pid } of pids.rows) process.kill(pid, 'SIGSTOP')
    try {
      const body = await scrape(own)
      expect(total(body, 'muster_postgres_up')).toBe(0)
      expect(series(body, 'muster_operations')).toEqual({})
      expect(series(body, 'muster_oldest_waiting_seconds')).toEqual({})
      expect(total(body, 'muster_redis_up')).toBe(1)
      // The connections that hang are given up, though they still do.
      await expect.poll(() => isUp('muster_postgres_up', own)).toBe(true)
    } finally {
      for (const { pid } of pids.rows) process.kill(pid, 'SIGCONT')
      await hanging.end()
    }
  })

  it('is told without PostgreSQL while that is away', async () => {
    const way = await cuttableDatabase(database.url)
    const cut = createPool(way.url, { applicationName: 'cut', connections: 2 })
    const own = observing(cut)
    await expect.poll(() => isUp('muster_postgres_up', own)).toBe(true)
    await way.cut()
    const body = await scrape(own)
    expect(total(body, 'muster_postgres_up')).toBe(0)
    expect(total(body, 'muster_redis_up')).toBe(1)
    await cut.end()
  })
})
