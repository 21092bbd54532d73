import { afterEach, describe, expect, it } from 'vitest'
import { createWorkerMetrics, type Health, type MetricsServer, serveMetrics } from '../src/index.ts'
import { SILENT } from './series.ts'

describe('the metrics server', () => {
  let server: MetricsServer
  let health: () => Promise<Health> = async () => ({ ready: true, checks: {} })

  const start = async () => {
    server = await serveMetrics({
      metrics: createWorkerMetrics(['operations'], SILENT),
      port: 0,
      host: '127.0.0.1',
      health: () => health(),
    })
    return (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init)
  }
  afterEach(() => server.close())

  it('serves the metrics in the format that Prometheus reads', async () => {
    const get = await start()
    const response = await get('/metrics')
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/)
    expect(await response.text()).toContain('# TYPE muster_rows_total counter')
  })

  it('is alive whatever its health, and unready with 503', async () => {
    const get = await start()
    health = async () => ({ ready: false, checks: { postgres: false } })
    expect((await get('/healthz')).status).toBe(200)
    const response = await get('/readyz')
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ status: 'unready', checks: { postgres: false } })
  })

  it('is ready though degraded when something it can do without is away', async () => {
    const get = await start()
    health = async () => ({ ready: true, checks: { postgres: true, redis: false } })
    const response = await get('/readyz')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ status: 'degraded' })
  })

  it('is unready when its health cannot be told', async () => {
    const get = await start()
    health = async () => {
      throw new Error('no answer')
    }
    expect((await get('/readyz')).status).toBe(503)
  })

  it('has nothing else, and takes nothing', async () => {
    const get = await start()
    expect((await get('/constructor')).status).toBe(404)
    expect((await get('/metrics', { method: 'POST' })).status).toBe(405)
  })
})
