import { appRoutes } from '@bull-board/api/dist/routes.js'
import { listActions, removeOperator, setOperatorPassword, setOperatorRole } from '@muster/database'
import { type TestDatabase, type TestRedis, testDatabase, testRedis } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashPassword } from '../../src/operators/password.ts'
import { startDashboard, type TestDashboard } from '../dashboard.ts'

const OPERATION = '0199d1a0-0000-7000-8000-000000000000'

/** Every call of Bull Board's that changes something, as the library has them, of a queue that is not there. */
const BOARD_CHANGES = appRoutes.api.flatMap(({ method, route }) =>
  [method]
    .flat()
    .filter((each) => each !== 'get')
    .flatMap((each) =>
      [route].flat().map((path) => ({
        method: each.toUpperCase(),
        path: `/queues${path}`
          .replace(':queueName', 'nowhere')
          .replace(':jobId', OPERATION)
          .replace(':queueStatus', 'failed')
          .replace(':schedulerId', 'nothing'),
      })),
    ),
)

const OWN_CHANGES = ['pause', 'resume', 'cancel'].map((control) => ({
  method: 'POST',
  path: `/operations/${OPERATION}/${control}`,
}))

const CHANGES = [...BOARD_CHANGES, ...OWN_CHANGES]

describe('what stands before every change', () => {
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

  it('knows Bull Board’s calls', () => {
    expect(BOARD_CHANGES.length).toBeGreaterThan(15)
    expect(BOARD_CHANGES.map(({ path }) => path).join()).not.toContain(':')
  })

  it('refuses a viewer every one of them, with the token or without', async () => {
    const vera = await dashboard.signedIn('vera')
    for (const { method, path } of [...CHANGES, { method: 'DELETE', path: '/audit' }]) {
      for (const csrf of [true, false]) {
        const response = await vera.request(path, { method, csrf })
        expect(response.status, `${method} ${path}`).toBe(405)
        expect(response.headers.get('allow')).toBe('GET, HEAD')
      }
    }
    expect((await vera.request('/sign-out', { method: 'POST' })).status).toBe(303)
  })

  it('refuses an operator every one of them without the session’s own token', async () => {
    const olga = await dashboard.signedIn('olga')
    const other = await dashboard.signedIn('olga')
    const foreign = other.cookies.get('XSRF-TOKEN') ?? ''
    for (const { method, path } of [...CHANGES, { method: 'POST', path: '/sign-out' }]) {
      expect((await olga.request(path, { method, csrf: false })).status, `${method} ${path}`).toBe(403)
      const headers = { 'x-xsrf-token': foreign }
      expect((await olga.request(path, { method, csrf: false, headers })).status).toBe(403)
      const body = new URLSearchParams({ _csrf: foreign })
      expect((await olga.request(path, { method, csrf: false, body })).status).toBe(403)
    }
    expect((await olga.request('/operations')).status).toBe(200)
  })

  it('lets an operator’s through, and tells each by a name of its own', async () => {
    await database.pool.query('truncate operator_actions')
    const olga = await dashboard.signedIn('olga')
    for (const { method, path } of CHANGES) {
      const headers = { 'content-type': 'application/json' }
      const response = await olga.request(path, { method, body: '{}', headers })
      expect([403, 405], `${method} ${path}`).not.toContain(response.status)
    }
    const filter = { operator: 'olga', action: null, operationId: null }
    const told = await listActions(dashboard.pool, filter, { before: null, limit: 100 })
    const names = told.map(({ action }) => action).filter((action) => action !== 'sign-in')
    expect(names).toHaveLength(CHANGES.length)
    expect(new Set(names).size).toBe(CHANGES.length)
    expect(names).not.toContain('other')
  })

  it('gives a browser that has lost the token a new one', async () => {
    const olga = await dashboard.signedIn('olga')
    const token = olga.cookies.get('XSRF-TOKEN')
    olga.cookies.delete('XSRF-TOKEN')
    await olga.request('/queues')
    expect(olga.cookies.get('XSRF-TOKEN')).toBe(token)
  })

  it('knows of another role, another password and a removal at the next request', async () => {
    await dashboard.makeOperator('uma', 'operator')
    const uma = await dashboard.signedIn('uma')
    const pause = () => uma.request('/queues/api/queues/dispatch/pause', { method: 'PUT' })
    expect((await pause()).status).toBe(200)
    await setOperatorRole(dashboard.pool, 'uma', 'viewer')
    expect((await pause()).status).toBe(405)
    await setOperatorPassword(dashboard.pool, 'uma', await hashPassword('another horse battery'))
    expect((await pause()).status).toBe(401)
    await uma.signIn('uma', 'another horse battery')
    expect((await pause()).status).toBe(405)
    await removeOperator(dashboard.pool, 'uma')
    expect((await pause()).status).toBe(401)
  })

  it('hides Redis itself from viewers', async () => {
    const vera = await dashboard.signedIn('vera')
    for (const path of ['/queues/api/redis/stats', '/QUEUES/api/Redis/stats', '/queues//api/redis/stats']) {
      expect([403, 404], path).toContain((await vera.request(path)).status)
    }
    expect((await vera.request('/queues/api/redis/stats')).status).toBe(403)
    const olga = await dashboard.signedIn('olga')
    expect(await olga.json('/queues/api/redis/stats')).toHaveProperty('version')
  })
})
