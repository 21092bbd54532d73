import { describe, expect, it } from 'vitest'
import { createApiMetrics, createDashboardMetrics, createWorkerMetrics } from '../../src/index.ts'
import { SILENT, scrape, value } from '../series.ts'

const workerMetrics = () => createWorkerMetrics(['operations', 'express'], SILENT)
const apiMetrics = () => createApiMetrics(SILENT)
const dashboardMetrics = () => createDashboardMetrics(SILENT)

describe('the metrics of a worker', () => {
  it('start every known series at 0, so that the first event shows as an increase', async () => {
    const body = await scrape(workerMetrics())
    expect(value(body, 'muster_operations_ended_total', { type: 'IMPORT_USERS', state: 'FAILED' })).toBe(0)
    expect(value(body, 'muster_operations_ended_total', { state: 'PROCESSING' })).toBeUndefined()
    expect(value(body, 'muster_rows_total', { type: 'QUICK_ENROLLMENT', outcome: 'unchanged' })).toBe(0)
    expect(value(body, 'muster_chunk_duration_seconds_count', { type: 'IMPORT_USERS' })).toBe(0)
    expect(value(body, 'muster_time_to_first_row_seconds_count', { type: 'IMPORT_USERS' })).toBe(0)
    expect(value(body, 'muster_turn_duration_seconds_count', { queue: 'express', result: 'lost' })).toBe(0)
    expect(value(body, 'muster_stalled_jobs_total', { queue: 'operations' })).toBe(0)
    expect(value(body, 'muster_lost_leases_total')).toBe(0)
    expect(value(body, 'muster_row_conservation_mismatches_total')).toBe(0)
    expect(value(body, 'muster_dispatcher_repairs_total')).toBe(0)
    expect(value(body, 'muster_file_store_duration_seconds_count', { call: 'write' })).toBe(0)
  })

  it('count what they are told', async () => {
    const metrics = workerMetrics()
    metrics.rows('IMPORT_USERS', 'succeeded', 500)
    metrics.rows('IMPORT_USERS', 'succeeded', 20)
    metrics.operationEnded('IMPORT_USERS', 'COMPLETED')
    metrics.chunk('IMPORT_USERS', 0.2)
    metrics.firstRow('IMPORT_USERS', 3)
    metrics.delivery('SEND_MFP', 'delivered', 0.5)
    metrics.turn('operations', 'failed', 2)
    metrics.turn('operations', 'over', 1)
    metrics.jobStalled('express')
    metrics.dispatcherRepairs(4)
    metrics.leaseLost()
    metrics.rowConservationMismatch()
    const body = await scrape(metrics)
    expect(value(body, 'muster_rows_total', { type: 'IMPORT_USERS', outcome: 'succeeded' })).toBe(520)
    expect(value(body, 'muster_operations_ended_total', { type: 'IMPORT_USERS', state: 'COMPLETED' })).toBe(1)
    expect(value(body, 'muster_chunk_duration_seconds_sum', { type: 'IMPORT_USERS' })).toBe(0.2)
    expect(value(body, 'muster_time_to_first_row_seconds_sum', { type: 'IMPORT_USERS' })).toBe(3)
    expect(value(body, 'muster_deliveries_total', { type: 'SEND_MFP', result: 'delivered' })).toBe(1)
    expect(value(body, 'muster_turn_duration_seconds_sum', { queue: 'operations', result: 'failed' })).toBe(2)
    expect(value(body, 'muster_turn_retries_total', { queue: 'operations' })).toBe(1)
    expect(value(body, 'muster_stalled_jobs_total', { queue: 'express' })).toBe(1)
    expect(value(body, 'muster_dispatcher_repairs_total')).toBe(4)
    expect(value(body, 'muster_lost_leases_total')).toBe(1)
    expect(value(body, 'muster_row_conservation_mismatches_total')).toBe(1)
  })

  it('tell of its connections, its disk and its event loop', async () => {
    const metrics = workerMetrics()
    metrics.observePool({ totalCount: 5, idleCount: 3, waitingCount: 7 })
    metrics.observeFileStoreSpace(async () => ({ freeBytes: 10, sizeBytes: 100 }))
    metrics.databaseQuery(0.25)
    const body = await scrape(metrics)
    const pool = (state: string) => value(body, 'muster_database_pool_connections', { state })
    expect([pool('active'), pool('idle'), pool('waiting')]).toEqual([2, 3, 7])
    expect(value(body, 'muster_database_query_duration_seconds_sum')).toBe(0.25)
    expect(value(body, 'muster_file_store_free_bytes')).toBe(10)
    expect(value(body, 'muster_file_store_size_bytes')).toBe(100)
    expect(value(body, 'nodejs_eventloop_lag_p99_seconds')).toBeDefined()
    expect(value(body, 'process_cpu_seconds_total')).toBeGreaterThan(0)
  })
})

describe('the metrics of the API', () => {
  it('count uploads, and tell when certificates end', async () => {
    const metrics = apiMetrics()
    expect(value(await scrape(metrics), 'muster_uploads_total', { outcome: 'refused' })).toBe(0)
    metrics.upload('accepted', 1_000)
    metrics.certificate('apple_pass', new Date(1_800_000_000_000))
    const body = await scrape(metrics)
    expect(value(body, 'muster_upload_bytes_total')).toBe(1_000)
    expect(value(body, 'muster_certificate_not_after_timestamp_seconds', { certificate: 'apple_pass' })).toBe(
      1_800_000_000,
    )
  })

  it('keep unknown routes and invented methods from making series', async () => {
    const metrics = apiMetrics()
    for (const method of ['BREW', 'SHAKE']) metrics.httpRequest({ method, route: null, status: 404, seconds: 0.01 })
    const body = await scrape(metrics)
    expect(
      value(body, 'muster_http_request_duration_seconds_count', { method: 'other', route: 'none', status: '404' }),
    ).toBe(2)
    expect(body).not.toMatch(/BREW|SHAKE/)
  })
})

describe('the metrics of the dashboard', () => {
  const redis = { memoryBytes: 1, memoryLimitBytes: 0, evictedKeys: 5, isNoEviction: true }

  it('have no series for what nobody has told', async () => {
    const body = await scrape(dashboardMetrics())
    expect(body).toContain('# TYPE muster_redis_up gauge')
    for (const name of [
      'muster_redis_up',
      'muster_oldest_waiting_seconds',
      'muster_workers',
      'muster_redis_evicted_keys_total',
    ])
      expect(value(body, name)).toBeUndefined()
  })

  it('say that what does not answer is down, and nothing else of it', async () => {
    const metrics = dashboardMetrics()
    let isUp = true
    const answer = async <T>(what: T) => {
      if (!isUp) throw new Error('away')
      return what
    }
    metrics.observeRedis(() => answer(redis))
    metrics.observePostgres(() => answer({ connections: 3, connectionsLimit: 97, sizeBytes: 10 }))
    metrics.observeQueues(() => answer([{ queue: 'operations', jobs: { waiting: 2 }, oldestSeconds: 4 }]))
    metrics.observeMessages(() => answer({ count: 1, oldestSeconds: 2 }))
    const names = [
      'muster_redis_noeviction',
      'muster_postgres_connections',
      'muster_queue_jobs',
      'muster_queue_oldest_job_seconds',
      'muster_messages_waiting',
    ]
    const before = await scrape(metrics)
    expect([value(before, 'muster_redis_up'), value(before, 'muster_postgres_up')]).toEqual([1, 1])
    expect(names.map((name) => value(before, name))).toEqual([1, 3, 2, 4, 1])
    isUp = false
    const after = await scrape(metrics)
    expect([value(after, 'muster_redis_up'), value(after, 'muster_postgres_up')]).toEqual([0, 0])
    expect(names.map((name) => value(after, name))).toEqual(names.map(() => undefined))
    expect(value(after, 'muster_redis_evicted_keys_total')).toBeUndefined()
  })

  it('take the number of evicted keys as Redis counts it, from its start on', async () => {
    const metrics = dashboardMetrics()
    let evictedKeys = 5
    metrics.observeRedis(async () => ({ ...redis, evictedKeys }))
    const evicted = async () => value(await scrape(metrics), 'muster_redis_evicted_keys_total')
    expect(await evicted()).toBe(5)
    expect(await evicted()).toBe(5)
    evictedKeys = 1
    expect(await evicted()).toBe(1)
  })

  it('name each state of an operation that has not ended, and none else', async () => {
    const metrics = dashboardMetrics()
    metrics.observeOperations(async () => ({
      byState: { SCHEDULED: 2 },
      paused: 1,
      waiting: 1,
      oldestWaitingSeconds: 12.5,
      oldestUnprogressedSeconds: 0,
    }))
    const body = await scrape(metrics)
    const states = ['AWAITING_DATA', 'SCHEDULED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED']
    expect(states.map((state) => value(body, 'muster_operations', { state }))).toEqual([
      0,
      2,
      0,
      undefined,
      undefined,
      undefined,
    ])
    expect(value(body, 'muster_oldest_waiting_seconds')).toBe(12.5)
  })

  it('do not say how many workers there are when Redis does not', async () => {
    const metrics = dashboardMetrics()
    let workers: number | null = 2
    metrics.observeWorkers(async () => workers)
    expect(value(await scrape(metrics), 'muster_workers')).toBe(2)
    workers = null
    const body = await scrape(metrics)
    expect(value(body, 'muster_workers')).toBeUndefined()
    expect(value(body, 'muster_collector_errors_total', { collector: 'workers' })).toBe(0)
  })
})
