import { randomUUID } from 'node:crypto'
import { type ActionFilter, listActions, recordAction } from '@muster/database'
import { type TestDatabase, type TestRedis, testDatabase, testRedis } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cuttableDatabase } from '../cuttable-database.ts'
import { startDashboard, type TestDashboard } from '../dashboard.ts'
import type { Visitor } from '../visitor.ts'

describe('the audit', () => {
  let redis: TestRedis
  let database: TestDatabase
  let dashboard: TestDashboard
  let olga: Visitor
  beforeAll(async () => {
    redis = await testRedis()
    database = await testDatabase()
    dashboard = await startDashboard({ databaseUrl: database.url, redisUrl: redis.url })
    olga = await dashboard.signedIn('olga')
  })
  afterAll(async () => {
    await dashboard.close()
    await redis.stop()
    await database.drop()
  })
  beforeEach(() => database.pool.query('truncate operator_actions'))

  const told = (filter: Partial<ActionFilter> = {}) =>
    listActions(
      database.pool,
      { operator: null, action: null, operationId: null, ...filter },
      { before: null, limit: 100 },
    )

  it('tells who did what to which queue, and how it was answered', async () => {
    await olga.request('/queues/api/queues/dispatch/pause', { method: 'PUT' })
    await olga.request('/queues/api/queues/dispatch/resume', { method: 'PUT' })
    await expect
      .poll(() => told())
      .toMatchObject([
        { operator: 'olga', action: 'queue.resume', queue: 'dispatch', jobId: null, operationId: null, status: 200 },
        { operator: 'olga', action: 'queue.pause', queue: 'dispatch', jobId: null, operationId: null, status: 200 },
      ])
  })

  it('tells of a job whose operation it is, and of an operation itself', async () => {
    const id = randomUUID()
    await olga.request(`/queues/api/queues/operations/${id}/retry`, { method: 'PUT' })
    await olga.request('/queues/api/queues/dispatch/repeat%3Adispatch%3A1/clean', { method: 'PUT' })
    await olga.request(`/operations/${id}/pause`, { method: 'POST' })
    await expect
      .poll(() => told())
      .toMatchObject([
        { action: 'operation.pause', queue: null, jobId: null, operationId: id, status: 404 },
        { action: 'job.remove', queue: 'dispatch', jobId: 'repeat:dispatch:1', operationId: null, status: 404 },
        { action: 'job.retry', queue: 'operations', jobId: id, operationId: id, status: 404 },
      ])
  })

  it('tells what was refused to a viewer, and what nothing answers', async () => {
    const vera = await dashboard.signedIn('vera')
    await vera.request('/queues/api/queues/pause', { method: 'PUT' })
    await olga.request(`/anything/${'x'.repeat(5_000)}`, { method: 'DELETE' })
    await olga.request(`/queues/api/queues/${'q'.repeat(5_000)}%00/pause`, { method: 'PUT' })
    await expect
      .poll(async () => (await told()).map(({ operator, action, status }) => ({ operator, action, status })))
      .toEqual([
        { operator: 'olga', action: 'queue.pause', status: 404 },
        { operator: 'olga', action: 'other', status: 404 },
        { operator: 'vera', action: 'queues.pause', status: 405 },
        { operator: 'vera', action: 'sign-in', status: 303 },
      ])
  })

  it('says nothing about who only looks', async () => {
    for (const path of ['/operations', '/queues', '/queues/api/queues', '/audit']) await olga.request(path)
    expect(await told()).toEqual([])
  })

  it('is written before the change: what cannot be recorded is not done', async () => {
    const queue = dashboard.queues.queues.find(({ name }) => name === 'operations')
    await database.pool.query('alter table operator_actions rename to gone')
    try {
      const response = await olga.request('/queues/api/queues/operations/pause', { method: 'PUT' })
      expect(response.status).toBe(500)
    } finally {
      await database.pool.query('alter table gone rename to operator_actions')
    }
    expect(await queue?.isPaused()).toBe(false)
  })

  it('says that PostgreSQL is away, to people and to programs, and does nothing meanwhile', async () => {
    const way = await cuttableDatabase(database.url)
    const away = await startDashboard({ databaseUrl: way.url, redisUrl: redis.url })
    const visitor = await away.signedIn('olga')
    await way.cut()
    const change = await visitor.request('/queues/api/queues/operations/pause', { method: 'PUT' })
    expect(change.status).toBe(503)
    expect(change.headers.get('retry-after')).toBe('5')
    expect(await change.json()).toHaveProperty('error')
    for (const page of ['/audit', '/sign-in']) {
      const response = await visitor.request(page)
      expect(response.status).toBe(503)
      expect(await response.text()).toContain('PostgreSQL is away')
    }
    expect((await away.visitor().signIn('olga')).status).toBe(503)
    expect((await visitor.request('/readyz')).status).toBe(503)
    const queue = dashboard.queues.queues.find(({ name }) => name === 'operations')
    expect(await queue?.isPaused()).toBe(false)
    await away.close()
  })
})

describe('the page of the audit', () => {
  let redis: TestRedis
  let database: TestDatabase
  let dashboard: TestDashboard
  beforeAll(async () => {
    redis = await testRedis()
    database = await testDatabase()
    dashboard = await startDashboard({ databaseUrl: database.url, redisUrl: redis.url })
  })
  afterAll(async () => {
    await dashboard.close()
    await redis.stop()
    await database.drop()
  })

  it('shows the newest first, a hundred at a time, and goes back without an end in between', async () => {
    const vera = await dashboard.signedIn('vera')
    for (let n = 1; n <= 230; n++) {
      await recordAction(database.pool, { operator: 'otto', action: 'queue.pause', queue: `queue-${n}-`, status: 200 })
    }
    const seen: string[] = []
    let path: string | undefined = '/audit?operator=otto&action=queue.pause'
    while (path !== undefined) {
      const page = await vera.text(path)
      seen.push(...[...page.matchAll(/queue-(\d+)-/g)].map((match) => match[1] ?? ''))
      path = /href="(\/audit\?[^"]+)" rel="next"/.exec(page)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(seen).toEqual(Array.from({ length: 230 }, (_, index) => String(230 - index)))
  })

  it('finds an operation’s, and links to it', async () => {
    const id = randomUUID()
    await recordAction(database.pool, { operator: 'otto', action: 'operation.cancel', operationId: id, status: 303 })
    const vera = await dashboard.signedIn('vera')
    const page = await vera.text(`/audit?operation=${id}`)
    expect(page).toContain(`<a href="/operations/${id}">`)
    expect(page.match(/<tr>/g)).toHaveLength(2)
    expect(await vera.text(`/audit?operation=${id}&operator=olga`)).toContain('There is nothing to show')
  })

  it('shows names as text, and says what is wrong with a search', async () => {
    await recordAction(database.pool, { operator: '<script>alert(1)</script>', action: 'sign-in', status: 401 })
    const vera = await dashboard.signedIn('vera')
    const page = await vera.text('/audit?action=sign-in')
    expect(page).toContain('&lt;script&gt;alert')
    expect(page).not.toContain('<script>alert')
    const wrong = await vera.request('/audit?operation=%22%3E%3Cscript%3E')
    expect(wrong.status).toBe(400)
    const text = await wrong.text()
    expect(text).toContain('UUID')
    expect(text).not.toContain('"><script>')
    expect((await vera.request('/audit?before=abc&operator=%00')).status).toBe(200)
  })
})
