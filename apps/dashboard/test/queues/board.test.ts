import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { consumeOperations, operationsProducer, runMaintenance } from '@muster/queue'
import { inTime, type TestDatabase, type TestRedis, testDatabase, testRedis } from '@muster/testkit'
import { FlowProducer, UnrecoverableError, Worker } from 'bullmq'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDashboard, type TestDashboard } from '../dashboard.ts'
import type { Visitor } from '../visitor.ts'

const SILENT = { info: () => {}, warn: () => {}, error: () => {} }

describe('the board', () => {
  let redis: TestRedis
  let database: TestDatabase
  let dashboard: TestDashboard
  let olga: Visitor
  let vera: Visitor
  beforeAll(async () => {
    redis = await testRedis()
    database = await testDatabase()
    dashboard = await startDashboard({ databaseUrl: database.url, redisUrl: redis.url })
    olga = await dashboard.signedIn('olga')
    vera = await dashboard.signedIn('vera')
  })
  afterAll(async () => {
    await dashboard.close()
    await redis.stop()
    await database.drop()
  })

  const jobs = (queue: string) =>
    olga.json<ShownQueues>(`/queues/api/queues?activeQueue=${queue}&page=1&jobsPerPage=10`)

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
    const job = async () => jobIn(await jobs('operations'), operationId)
    await expect.poll(async () => (await job())?.progress).toEqual({ rowsDone: 1_234 })
    expect(await job()).toMatchObject({
      id: operationId,
      name: 'IMPORT_USERS: 1,234 rows done',
      data: { operationId },
      externalUrl: { href: `/operations/${operationId}` },
    })
    await consumer.close()
    await producer.close()
  })

  it('shows nothing of a job that Muster would not have written there', async () => {
    const queue = dashboard.queues.queues.find(({ name }) => name === 'operations')
    const cell = 'Tanaka Hanako'
    const id = randomUUID()
    await queue?.add(cell, { operationId: id, cell }, { jobId: id })
    const worker = new Worker(
      'operations',
      async (job) => {
        await job.updateProgress({ rowsDone: 7, cell })
        await job.log(`row of ${cell}`)
        throw new UnrecoverableError(`duplicate key: ${cell}\n    at ${cell} (file:///x.js:1:1)`)
      },
      { connection: { url: redis.url } },
    )
    await once(worker, 'failed')
    await worker.close()
    const stored = JSON.stringify((await queue?.getJob(id))?.toJSON())
    expect(stored.match(/Tanaka/g)?.length).toBeGreaterThan(4)
    const job = jobIn(await jobs('operations'), id)
    expect(job).toMatchObject({ isFailed: true, name: 'unknown: 7 rows done', data: { operationId: id } })
    const shown = await Promise.all(
      ['?activeQueue=operations&page=1&jobsPerPage=10', `/operations/${id}`, `/operations/${id}/logs`].map((path) =>
        olga.text(`/queues/api/queues${path}`),
      ),
    )
    expect(shown.join()).toContain('A text that is not shown here')
    expect(shown.join()).not.toMatch(/Tanaka|Hanako/)
  })

  it('shows nothing of schedulers and flows that Muster would not have written there', async () => {
    const flows = new FlowProducer({ connection: { url: redis.url } })
    const maintenance = dashboard.queues.queues.find(({ name }) => name === 'maintenance')
    const cell = 'Tanaka Hanako'
    await maintenance?.upsertJobScheduler('nightly', { every: 3_600_000 }, { name: cell, data: { cell } })
    const child = { name: cell, queueName: 'maintenance', data: { cell } }
    const tree = { name: cell, queueName: 'operations', data: { cell }, opts: { jobId: 'root' }, children: [child] }
    await flows.add(tree)
    const shown = await Promise.all(
      ['/job-schedulers', '/queues/operations/root/flow'].map((path) => olga.text(`/queues/api${path}`)),
    )
    await maintenance?.removeJobScheduler('nightly')
    await flows.close()
    expect(shown[0]).toContain('nightly')
    expect(shown[1]).toMatch(/"root".*"children":\[\{/)
    expect(shown.join()).not.toMatch(/Tanaka|Hanako/)
  })

  it('shows why a turn failed, in the words that our queues use', async () => {
    const operationId = randomUUID()
    const producer = operationsProducer(redis.url, SILENT)
    await expect.poll(() => producer.enqueue({ operationId, type: 'IMPORT_USERS' })).toBe(true)
    const consumer = consumeOperations({
      redisUrl: redis.url,
      concurrency: 1,
      log: SILENT,
      handler: async () => {
        throw new RangeError('the cell Tanaka')
      },
    })
    const job = async () => jobIn(await jobs('operations'), operationId)
    await expect.poll(async () => (await job())?.failedReason).toBe('failed with RangeError; the log tells more')
    expect((await job())?.stacktrace).toEqual(['TurnFailed: failed with RangeError; the log tells more'])
    await consumer.close()
    await producer.close()
  })

  it('shows all queues and their schedulers', async () => {
    const body = await vera.json<ShownQueues>('/queues/api/queues')
    expect(body.queues.map((queue) => queue.name).sort()).toEqual([
      'deliveries',
      'dispatch',
      'express',
      'maintenance',
      'operations',
    ])
    const maintenance = runMaintenance({ redisUrl: redis.url, maintain: async () => {}, log: SILENT })
    const schedulers = () => vera.json<{ schedulers: { queueName: string }[] }>('/queues/api/job-schedulers')
    await expect.poll(async () => (await schedulers()).schedulers).toMatchObject([{ queueName: 'maintenance' }])
    await maintenance.close()
  })

  it('has buttons for operators and none for viewers', async () => {
    for (const [visitor, isViewer] of [
      [vera, true],
      [olga, false],
    ] as const) {
      const { queues } = await visitor.json<ShownQueues>('/queues/api/queues')
      expect(new Set(queues.map(({ readOnlyMode }) => readOnlyMode))).toEqual(new Set([isViewer]))
      expect(await visitor.text('/queues')).toContain(`"hideRedisDetails":${isViewer}`)
    }
  })

  it('may be opened at any of its pages, with all that the page loads, under a policy that allows it', async () => {
    const response = await olga.request('/queues/queue/operations')
    const html = await response.text()
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(html).toContain('<base href="/queues/"')
    const loaded = [...html.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map((match) => match[1])
    expect(loaded.length).toBeGreaterThan(2)
    for (const path of loaded) {
      const asset = await olga.request(`/queues/${path}`)
      expect(asset.status, path).toBe(200)
      expect(asset.headers.get('content-type')).toMatch(/javascript|css|image/)
    }
    expect(html).not.toMatch(/<script(?![^>]*(src=|type="application\/json"))/)
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
  })

  it('has nothing at an address that is none of its own', async () => {
    const response = await olga.request('/queues/api/nothing')
    expect(response.status).toBe(404)
    expect(await response.json()).toHaveProperty('error')
    expect((await olga.request('/nothing')).status).toBe(404)
  })

  it('says that Redis is away instead of hanging, and goes on when it is back', async () => {
    const { pid, exited } = redis.server()
    process.kill(pid, 'SIGKILL')
    await exited
    const answers = ['/queues', '/queues/api/queues', '/healthz', '/readyz', '/audit'].map((path) => olga.request(path))
    const [page, api, alive, ready, audit] = await inTime(5_000, Promise.all(answers))
    expect(page?.status).toBe(503)
    expect(await page?.text()).toContain('Redis is away')
    expect(api?.status).toBe(503)
    expect(await api?.json()).toHaveProperty('error')
    expect(alive?.status).toBe(200)
    expect(await ready?.json()).toEqual({ status: 'degraded', checks: { database: true, redis: false } })
    expect(audit?.status).toBe(200)
    await redis.restart()
    await expect.poll(async () => (await olga.request('/queues/api/queues')).status).toBe(200)
  })

  it('answers within a bounded time while Redis is frozen', async () => {
    process.kill(redis.server().pid, 'SIGSTOP')
    try {
      expect((await olga.request('/queues/api/queues')).status).toBe(503)
    } finally {
      process.kill(redis.server().pid, 'SIGCONT')
    }
  })
})

interface ShownQueues {
  readonly queues: readonly {
    readonly name: string
    readonly readOnlyMode: boolean
    readonly jobs: readonly ShownJob[]
  }[]
}

interface ShownJob {
  readonly id: string
  readonly progress: unknown
  readonly failedReason?: string
  readonly stacktrace: readonly string[]
}

function jobIn(body: ShownQueues, id: string) {
  return body.queues.flatMap((queue) => queue.jobs).find((job) => job.id === id)
}
