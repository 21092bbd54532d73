import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { consumeOperations, operationsProducer } from '@muster/queue'
import { inTime, type TestRedis, testRedis } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDashboard, type TestDashboard } from './dashboard.ts'

const SILENT = { info: () => {}, warn: () => {}, error: () => {} }

describe('the board', () => {
  let redis: TestRedis
  let dashboard: TestDashboard
  let headers: { cookie: string }
  beforeAll(async () => {
    redis = await testRedis()
    dashboard = await startDashboard(redis.url)
    headers = { cookie: await dashboard.cookie() }
  })
  afterAll(async () => {
    await dashboard.close()
    await redis.stop()
  })

  const get = async (path: string) => (await (await dashboard.request(path, { headers })).json()) as ShownQueues

  it('shows an operation’s id, type, rows done and a link to it', async () => {
    const operationId = randomUUID()
    const producer = operationsProducer(redis.url, SILENT)
    await expect.poll(() => producer.enqueue({ operationId, type: 'IMPORT_USERS' })).toBe(true)
    const consumer = consumeOperations({
      redisUrl: redis.url,
      concurrency: 1,
      log: SILENT,
      handler: async ({ progress, signal }) => {
        progress({ rowsDone: 1_234 })
        await once(signal, 'abort')
        return 'turn-over'
      },
    })
    const job = () =>
      get('/api/queues?activeQueue=operations&page=1&jobsPerPage=10').then((body) => jobIn(body, operationId))
    await expect.poll(async () => (await job())?.progress).toEqual({ rowsDone: 1_234 })
    expect(await job()).toMatchObject({
      id: operationId,
      name: 'IMPORT_USERS: 1,234 rows done',
      data: { operationId },
      externalUrl: { href: `https://api.example/v1/operations/${operationId}` },
    })
    await consumer.close()
    await producer.close()
  })

  it('shows all queues', async () => {
    const body = await get('/api/queues')
    expect(body.queues.map((queue) => queue.name).sort()).toEqual([
      'deliveries',
      'dispatch',
      'express',
      'maintenance',
      'operations',
    ])
  })

  it('may be opened at any of its pages, with all that the page loads, under a policy that allows it', async () => {
    const response = await dashboard.request('/queue/operations', { headers })
    const html = await response.text()
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    const loaded = [...html.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map((match) => match[1])
    expect(loaded.length).toBeGreaterThan(2)
    for (const path of loaded) {
      const asset = await dashboard.request(`/${path}`, { headers })
      expect(asset.status, path).toBe(200)
      expect(asset.headers.get('content-type')).toMatch(/javascript|css|image/)
    }
    expect(html).not.toMatch(/<script(?![^>]*(src=|type="application\/json"))/)
  })

  it('tells in the log what an operator changes', async () => {
    for (const action of ['pause', 'resume']) {
      const response = await dashboard.request(`/api/queues/dispatch/${action}`, { method: 'PUT', headers })
      expect(response.status).toBe(200)
    }
    await expect.poll(() => dashboard.lines.join()).toContain('"path":"/api/queues/dispatch/resume"')
  })

  it('says that Redis is away instead of hanging, and goes on when it is back', async () => {
    const { pid, exited } = redis.server()
    process.kill(pid, 'SIGKILL')
    await exited
    const answers = ['/', '/api/queues', '/healthz'].map((path) => dashboard.request(path, { headers }))
    const [page, api, alive] = await inTime(2_500, Promise.all(answers))
    expect(page?.status).toBe(503)
    expect(await page?.text()).toContain('Redis is away')
    expect(api?.status).toBe(503)
    expect(await api?.json()).toHaveProperty('error')
    expect(alive?.status).toBe(200)
    await redis.restart()
    await expect
      .poll(async () => (await dashboard.request('/api/queues', { headers })).status, { timeout: 10_000 })
      .toBe(200)
  })

  it('answers within a bounded time while Redis is frozen', async () => {
    process.kill(redis.server().pid, 'SIGSTOP')
    try {
      expect((await dashboard.request('/api/queues', { headers })).status).toBe(503)
    } finally {
      process.kill(redis.server().pid, 'SIGCONT')
    }
  })
})

interface ShownQueues {
  readonly queues: readonly {
    readonly name: string
    readonly jobs: readonly { readonly id: string; readonly progress: unknown }[]
  }[]
}

function jobIn(body: ShownQueues, id: string) {
  return body.queues.flatMap((queue) => queue.jobs).find((job) => job.id === id)
}
