import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../src/index.ts'

async function scrape(metrics: ReturnType<typeof createMetrics>): Promise<string> {
  return (await metrics.text()).body
}

/** The value of the series with that name and these labels; undefined when there is none. */
function value(body: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const line = body
    .split('\n')
    .find(
      (text) =>
        new RegExp(`^${name}[{ ]`).test(text) &&
        Object.entries(labels).every(([key, of]) => text.includes(`${key}="${of}"`)),
    )
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}

const NOTHING = { count: 0, oldestSeconds: 0, messages: 0, oldestMessageSeconds: 0 }

describe('the metrics', () => {
  it('start every known series at 0, so that the first event shows as an increase', async () => {
    const body = await scrape(createMetrics('worker'))
    expect(value(body, 'muster_operations_ended_total', { type: 'IMPORT_USERS', state: 'FAILED' })).toBe(0)
    expect(value(body, 'muster_operations_ended_total', { state: 'PROCESSING' })).toBeUndefined()
    expect(value(body, 'muster_rows_total', { type: 'QUICK_ENROLLMENT', outcome: 'unchanged' })).toBe(0)
    expect(value(body, 'muster_chunk_duration_seconds_count', { type: 'IMPORT_USERS' })).toBe(0)
    expect(value(body, 'muster_uploads_total', { outcome: 'refused' })).toBe(0)
    expect(value(body, 'muster_lost_leases_total')).toBe(0)
    expect(value(body, 'muster_row_conservation_mismatches_total')).toBe(0)
    expect(value(body, 'process_cpu_seconds_total')).toBeGreaterThan(0)
  })

  it('count what they are told', async () => {
    const metrics = createMetrics('worker')
    metrics.rows('IMPORT_USERS', 'succeeded', 500)
    metrics.rows('IMPORT_USERS', 'succeeded', 20)
    metrics.operationEnded('IMPORT_USERS', 'COMPLETED')
    metrics.chunk('IMPORT_USERS', 0.2)
    metrics.leaseLost()
    metrics.rowConservationMismatch()
    metrics.upload('accepted', 1_000)
    const body = await scrape(metrics)
    expect(value(body, 'muster_rows_total', { type: 'IMPORT_USERS', outcome: 'succeeded' })).toBe(520)
    expect(value(body, 'muster_operations_ended_total', { type: 'IMPORT_USERS', state: 'COMPLETED' })).toBe(1)
    expect(value(body, 'muster_chunk_duration_seconds_sum', { type: 'IMPORT_USERS' })).toBe(0.2)
    expect(value(body, 'muster_lost_leases_total')).toBe(1)
    expect(value(body, 'muster_row_conservation_mismatches_total')).toBe(1)
    expect(value(body, 'muster_upload_bytes_total')).toBe(1_000)
  })

  it('keep unknown routes and invented methods from making series', async () => {
    const metrics = createMetrics('api')
    for (const method of ['BREW', 'SHAKE']) metrics.httpRequest({ method, route: null, status: 404, seconds: 0.01 })
    const body = await scrape(metrics)
    expect(
      value(body, 'muster_http_request_duration_seconds_count', { method: 'other', route: 'none', status: '404' }),
    ).toBe(2)
    expect(body).not.toMatch(/BREW|SHAKE/)
  })

  it('ask for the waiting operations at every scrape', async () => {
    const metrics = createMetrics('api')
    let count = 3
    metrics.observeWaiting(async () => ({ ...NOTHING, count: count++, oldestSeconds: 12.5 }))
    expect(value(await scrape(metrics), 'muster_operations_waiting')).toBe(3)
    const body = await scrape(metrics)
    expect(value(body, 'muster_operations_waiting')).toBe(4)
    expect(value(body, 'muster_oldest_waiting_seconds')).toBe(12.5)
    expect(value(body, 'muster_collector_errors_total', { collector: 'waiting' })).toBe(0)
  })

  it('answer without the waiting operations when those cannot be told, and count that', async () => {
    const metrics = createMetrics('api')
    let fails = false
    metrics.observeWaiting(async () => {
      if (fails) throw new Error('the database is away')
      return { ...NOTHING, count: 1, oldestSeconds: 1 }
    })
    expect(value(await scrape(metrics), 'muster_operations_waiting')).toBe(1)
    fails = true
    const body = await scrape(metrics)
    expect(value(body, 'muster_operations_waiting')).toBeUndefined()
    expect(value(body, 'muster_oldest_waiting_seconds')).toBeUndefined()
    expect(value(body, 'muster_collector_errors_total', { collector: 'waiting' })).toBe(1)
    fails = false
    expect(value(await scrape(metrics), 'muster_operations_waiting')).toBe(1)
  })

  it('answer within about two seconds when the source hangs, and ask no second time meanwhile', async () => {
    const metrics = createMetrics('api')
    let asked = 0
    metrics.observeWaiting(() => {
      asked++
      return new Promise(() => {})
    })
    const first = await Promise.race([scrape(metrics), delay(4_000, null)])
    expect(first).not.toBeNull()
    const body = await scrape(metrics)
    expect(asked).toBe(1)
    expect(value(body, 'muster_collector_errors_total', { collector: 'waiting' })).toBe(2)
  })
})
