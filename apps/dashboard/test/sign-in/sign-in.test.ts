import { addOperator, findOperator, listActions } from '@muster/database'
import { type TestDatabase, type TestRedis, testDatabase, testRedis } from '@muster/testkit'
import { hash } from '@node-rs/argon2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDashboard, type TestDashboard } from '../dashboard.ts'
import { PASSWORD } from '../visitor.ts'

const ALL = { operator: null, action: null, operationId: null }

describe('signing in', () => {
  let redis: TestRedis
  let database: TestDatabase
  let dashboard: TestDashboard
  beforeAll(async () => {
    redis = await testRedis()
    database = await testDatabase()
  })
  afterAll(async () => {
    await redis.stop()
    await database.drop()
  })
  const start = () => startDashboard({ databaseUrl: database.url, redisUrl: redis.url })
  beforeEach(async () => {
    await database.pool.query('truncate operators, operator_sessions, sign_in_failures, operator_actions')
    dashboard = await start()
  })
  afterEach(() => dashboard.close())

  it('is asked for by every page, which comes back afterwards', async () => {
    const visitor = dashboard.visitor()
    const response = await visitor.request('/queues/queue/operations?status=failed')
    expect(response.status).toBe(303)
    const page = response.headers.get('location') ?? ''
    expect(page).toBe('/sign-in?next=%2Fqueues%2Fqueue%2Foperations%3Fstatus%3Dfailed')
    expect(await visitor.text(page)).toContain('value="/queues/queue/operations?status=failed"')
    const signedIn = await visitor.signIn('olga', PASSWORD, '/queues/queue/operations?status=failed')
    expect(signedIn.status).toBe(303)
    expect(signedIn.headers.get('location')).toBe('/queues/queue/operations?status=failed')
  })

  for (const path of ['/queues/api/queues', '/queues/api/redis/stats', '/QUEUES/API/queues']) {
    it(`is demanded of ${path} with 401 and JSON`, async () => {
      const response = await dashboard.visitor().request(path)
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toContain('application/json')
    })
  }

  for (const [method, path] of [
    ['PUT', '/queues/api/queues/operations/empty'],
    ['POST', '/operations/0199d1a0-0000-7000-8000-000000000000/cancel'],
    ['DELETE', '/anything'],
  ] as const) {
    it(`is demanded of ${method} ${path}`, async () => {
      expect((await dashboard.visitor().request(path, { method })).status).toBe(401)
    })
  }

  it('leads to the operations', async () => {
    const olga = await dashboard.signedIn('olga')
    expect((await olga.request('/')).headers.get('location')).toBe('/operations')
    const response = await olga.request('/operations')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toContain('olga')
  })

  it('gives a cookie that scripts do not get, and one that they send back', async () => {
    const cookies = (await dashboard.visitor().signIn('olga')).headers.getSetCookie()
    expect(cookies).toHaveLength(2)
    const [session = '', csrf = ''] = cookies
    expect(session).toMatch(/^muster_operator=[\w-]{43}; Max-Age=43200; Path=\/; .*HttpOnly; SameSite=Lax$/)
    expect(csrf).toMatch(/^XSRF-TOKEN=[\w-]{43}; .*SameSite=Strict$/)
    expect(csrf).not.toContain('HttpOnly')
    expect(cookies.join()).not.toContain('Secure')
  })

  it('binds both to this host and to TLS where there is TLS', async () => {
    const headers = { 'x-forwarded-proto': 'https' }
    const visitor = dashboard.visitor()
    const cookies = (await visitor.signIn('olga', PASSWORD, '', headers)).headers.getSetCookie()
    expect(cookies[0]).toMatch(/^__Host-muster_operator=[\w-]{43}; .*Path=\/; .*HttpOnly; Secure; SameSite=Lax$/)
    expect(cookies[1]).toMatch(/^XSRF-TOKEN=.*; Secure/)
    expect((await visitor.request('/audit', { headers })).status).toBe(200)
    // What a neighbouring host could plant is not looked at.
    const planted = { ...headers, cookie: `muster_operator=${visitor.cookies.get('__Host-muster_operator')}` }
    expect((await dashboard.visitor().request('/audit', { headers: planted })).status).toBe(303)
  })

  for (const [what, name, password] of [
    ['name', 'somebody', PASSWORD],
    ['password', 'olga', 'wrong horse battery'],
    ['empty password', 'olga', ''],
    ['empty name', '', PASSWORD],
    ['name that no database takes', 'ol\0ga', PASSWORD],
    ['password that is too long', 'olga', 'x'.repeat(1_025)],
  ] as const) {
    it(`fails with a wrong ${what}, without saying which of the two it was`, async () => {
      const response = await dashboard.visitor().signIn(name, password)
      expect(response.status).toBe(401)
      expect(response.headers.getSetCookie()).toEqual([])
      expect(await response.text()).toContain('Name or password is wrong')
    })
  }

  it('takes a name and a password however their characters are composed', async () => {
    await dashboard.makeOperator('Zoë', 'viewer')
    expect((await dashboard.visitor().signIn(' Zoe\u0308 ', PASSWORD)).status).toBe(303)
    expect((await dashboard.visitor().signIn('Zoë', PASSWORD.replace('h', '\uff48'))).status).toBe(303)
  })

  it('hashes a password anew that was hashed with less work, and keeps the sessions', async () => {
    const weak = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1 })
    await addOperator(database.pool, { name: 'otto', passwordHash: weak, role: 'viewer' })
    const otto = await dashboard.signedIn('otto')
    expect((await findOperator(database.pool, 'otto'))?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect((await otto.request('/audit')).status).toBe(200)
    expect((await dashboard.visitor().signIn('otto')).status).toBe(303)
  })

  it('takes no forged, changed, foreign or empty cookie', async () => {
    const olga = await dashboard.signedIn('olga')
    const token = olga.cookies.get('muster_operator') ?? ''
    const changed = `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`
    for (const forged of [changed, token.slice(0, -1), `${token}A`, '', 'A'.repeat(43), "' or true --"]) {
      const headers = { cookie: `muster_operator=${forged}` }
      const response = await dashboard.visitor().request('/queues/api/queues', { headers })
      expect(response.status, forged).toBe(401)
    }
  })

  it('is kept in PostgreSQL, where nobody could take it from: it holds in every process and after a restart', async () => {
    const olga = await dashboard.signedIn('olga')
    const cookie = `muster_operator=${olga.cookies.get('muster_operator')}`
    const other = await start()
    expect((await other.visitor().request('/audit', { headers: { cookie } })).status).toBe(200)
    await other.close()
    const { rows } = await database.pool.query(`select encode(token_hash, 'escape') as hash, * from operator_sessions`)
    expect(JSON.stringify(rows)).not.toContain(olga.cookies.get('muster_operator'))
  })

  it('ends with signing out, for whoever has the cookie', async () => {
    const olga = await dashboard.signedIn('olga')
    const cookie = `muster_operator=${olga.cookies.get('muster_operator')}`
    expect(await olga.text('/sign-out')).toContain(`value="${olga.cookies.get('XSRF-TOKEN')}"`)
    const body = new URLSearchParams({ _csrf: olga.cookies.get('XSRF-TOKEN') ?? '' })
    const response = await olga.request('/sign-out', { method: 'POST', body, csrf: false })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/sign-in')
    expect([...olga.cookies.keys()]).toEqual([])
    expect((await dashboard.visitor().request('/audit', { headers: { cookie } })).status).toBe(303)
    expect((await olga.request('/sign-out', { method: 'POST' })).headers.get('location')).toBe('/sign-in')
  })

  for (const next of [
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
  ]) {
    it(`does not lead to ${JSON.stringify(next)}`, async () => {
      const response = await dashboard.visitor().signIn('olga', PASSWORD, next)
      const target = new URL(response.headers.get('location') ?? '', dashboard.url)
      expect(target.origin).toBe(dashboard.url)
    })
  }

  it('shows what was asked for as text and not as markup', async () => {
    const page = await dashboard.visitor().text(`/sign-in?next=${encodeURIComponent('/"><script>alert(1)</script>')}`)
    expect(page).not.toContain('<script>')
  })

  it('is refused after ten attempts from one address, whatever the eleventh says, and says when to try again', async () => {
    const visitor = dashboard.visitor()
    for (let attempt = 0; attempt < 10; attempt++) await visitor.signIn(`somebody ${attempt}`, 'a wrong password')
    const response = await visitor.signIn('olga')
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(500)
    expect(response.headers.getSetCookie()).toEqual([])
  })

  for (const name of ['olga', 'somebody']) {
    it(`is refused after five wrong passwords for ${name}, in every process, and says when to try again`, async () => {
      for (let attempt = 0; attempt < 5; attempt++) {
        expect((await dashboard.visitor().signIn(name, 'a wrong password')).status).toBe(401)
      }
      const other = await start()
      const response = await other.visitor().signIn(name)
      expect(response.status).toBe(429)
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(14 * 60)
      expect(await response.text()).toContain('Try again in 15 minutes')
      expect((await other.visitor().signIn('vera')).status).toBe(303)
      await other.close()
    })
  }

  it('forgets wrong passwords with a right one', async () => {
    for (let round = 0; round < 2; round++) {
      for (let attempt = 0; attempt < 4; attempt++) await dashboard.visitor().signIn('olga', 'a wrong password')
      expect((await dashboard.visitor().signIn('olga')).status).toBe(303)
    }
  })

  it('refuses what another site sends', async () => {
    const refused: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: dashboard.url },
    ]
    const olga = await dashboard.signedIn('olga')
    for (const headers of refused) {
      expect((await dashboard.visitor().signIn('olga', PASSWORD, '', headers)).status).toBe(403)
      const change = await olga.request('/queues/api/queues/operations/pause', { method: 'PUT', headers })
      expect(change.status).toBe(403)
    }
    const own: Record<string, string>[] = [{ origin: dashboard.url }, { 'sec-fetch-site': 'same-origin' }]
    for (const headers of own) {
      expect((await dashboard.visitor().signIn('olga', PASSWORD, '', headers)).status).toBe(303)
    }
  })

  it('refuses a form that is too large or no form at all', async () => {
    expect((await dashboard.visitor().signIn('olga', 'x'.repeat(20_000))).status).toBe(413)
    const headers = { 'content-type': 'application/json' }
    const json = await dashboard.visitor().request('/sign-in', { method: 'POST', body: '{}', headers })
    expect(json.status).toBe(401)
  })

  it('is told of in the audit, and in the log without any name', async () => {
    const visitor = dashboard.visitor()
    await visitor.signIn('olga', 'a wrong password')
    await visitor.signIn('my secret pass phrase', 'a wrong password')
    await visitor.signIn('olga')
    await visitor.request('/sign-out', { method: 'POST' })
    await expect
      .poll(async () =>
        (await listActions(dashboard.pool, ALL, { before: null, limit: 10 })).map(
          ({ operator, action, status }) => `${operator} ${action} ${status}`,
        ),
      )
      .toEqual(['olga sign-out 303', 'olga sign-in 303', 'null sign-in 401', 'olga sign-in 401'])
    expect(dashboard.lines.join()).toContain('refused')
    expect(dashboard.lines.join()).not.toMatch(/olga|secret|wrong password/)
    const { rows } = await database.pool.query('select operator_actions::text as text from operator_actions')
    expect(JSON.stringify(rows)).not.toContain('secret')
  })

  it('is not needed to see that the process is alive, and what it stands on', async () => {
    const visitor = dashboard.visitor()
    expect((await visitor.request('/healthz')).status).toBe(200)
    expect(await visitor.json('/readyz')).toEqual({ status: 'ready', checks: { database: true, redis: true } })
  })
})
