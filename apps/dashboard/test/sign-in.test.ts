import { type TestRedis, testRedis } from '@muster/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OPERATOR, startDashboard, type TestDashboard } from './dashboard.ts'

describe('signing in', () => {
  let redis: TestRedis
  let dashboard: TestDashboard
  beforeAll(async () => {
    redis = await testRedis()
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    dashboard = await startDashboard(redis.url)
  })
  afterEach(() => dashboard.close())

  it('is asked for by every page, which comes back afterwards', async () => {
    const response = await dashboard.request('/queue/operations?status=failed')
    expect(response.status).toBe(303)
    const page = response.headers.get('location') ?? ''
    expect(page).toBe('/sign-in?next=%2Fqueue%2Foperations%3Fstatus%3Dfailed')
    expect(await (await dashboard.request(page)).text()).toContain('value="/queue/operations?status=failed"')
    const signedIn = await dashboard.signIn({ next: '/queue/operations?status=failed' })
    expect(signedIn.status).toBe(303)
    expect(signedIn.headers.get('location')).toBe('/queue/operations?status=failed')
  })

  for (const path of ['/api/queues', '/api/redis/stats', '/API/queues']) {
    it(`is demanded of ${path} with 401 and JSON`, async () => {
      const response = await dashboard.request(path)
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toContain('application/json')
    })
  }

  it('is demanded of what changes something', async () => {
    const response = await dashboard.request('/api/queues/operations/empty', { method: 'PUT' })
    expect(response.status).toBe(401)
  })

  it('gives a cookie that scripts and other sites do not get', async () => {
    const cookie = (await dashboard.signIn()).headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/; HttpOnly/)
    expect(cookie).toMatch(/; SameSite=Strict/)
    expect(cookie).toMatch(/; Path=\//)
    expect(cookie).toMatch(/; Max-Age=43200/)
    expect(cookie).not.toMatch(/Secure/)
    const overTls = await dashboard.signIn({}, { 'x-forwarded-proto': 'https' })
    expect(overTls.headers.get('set-cookie')).toMatch(/; Secure/)
  })

  it('opens the board', async () => {
    const response = await dashboard.request('/', { headers: { cookie: await dashboard.cookie() } })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<title>Muster</title>')
  })

  for (const [what, fields] of [
    ['name', { name: 'somebody' }],
    ['password', { password: 'wrong horse battery' }],
    ['empty password', { password: '' }],
  ] as const) {
    it(`fails with a wrong ${what}, without saying which of the two it was`, async () => {
      const response = await dashboard.signIn(fields)
      expect(response.status).toBe(401)
      expect(response.headers.get('set-cookie')).toBeNull()
      expect(await response.text()).toContain('Name or password is wrong')
    })
  }

  it('takes no forged, changed or empty cookie', async () => {
    const cookie = await dashboard.cookie()
    const later = cookie.replace(/=(\d+)/, (_, ends) => `=${Number(ends) + 1}`)
    for (const forged of [
      later,
      cookie.slice(0, -2),
      'muster_operator=',
      'muster_operator=9999999999.',
      'muster_operator=.',
    ]) {
      const response = await dashboard.request('/api/queues', { headers: { cookie: forged } })
      expect(response.status, forged).toBe(401)
    }
  })

  it('outlives a restart of the dashboard', async () => {
    const cookie = await dashboard.cookie()
    const next = await startDashboard(redis.url)
    expect((await next.request('/api/queues', { headers: { cookie } })).status).toBe(200)
    await next.close()
  })

  it('ends with signing out', async () => {
    const response = await dashboard.request('/sign-out', { method: 'POST' })
    expect(response.status).toBe(303)
    expect(response.headers.get('set-cookie')).toMatch(/^muster_operator=;.*Expires=Thu, 01 Jan 1970/)
  })

  for (const next of [
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
  ]) {
    it(`does not lead to ${JSON.stringify(next)}`, async () => {
      const response = await dashboard.signIn({ next })
      const target = new URL(response.headers.get('location') ?? '', dashboard.url)
      expect(target.origin).toBe(dashboard.url)
    })
  }

  it('shows what was asked for as text and not as markup', async () => {
    const response = await dashboard.request(`/sign-in?next=${encodeURIComponent('/"><script>alert(1)</script>')}`)
    expect(await response.text()).not.toContain('<script>')
  })

  it('is refused after ten attempts, whatever the eleventh says, and says when to try again', async () => {
    for (let attempt = 0; attempt < 10; attempt++) await dashboard.signIn({ password: 'a wrong password' })
    const response = await dashboard.signIn()
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(500)
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('refuses what another site sends', async () => {
    const refused: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: dashboard.url },
    ]
    const cookie = await dashboard.cookie()
    for (const headers of refused) {
      expect((await dashboard.signIn({}, headers)).status).toBe(403)
      const change = await dashboard.request('/api/queues/operations/pause', {
        method: 'PUT',
        headers: { ...headers, cookie },
      })
      expect(change.status).toBe(403)
    }
    expect((await dashboard.signIn({}, { origin: dashboard.url })).status).toBe(303)
    expect((await dashboard.signIn({}, { 'sec-fetch-site': 'same-origin' })).status).toBe(303)
  })

  it('refuses a form that is too large or no form at all', async () => {
    expect((await dashboard.signIn({ password: 'x'.repeat(20_000) })).status).toBe(413)
    const json = await dashboard.request('/sign-in', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(json.status).toBe(401)
  })

  it('leaves neither name nor password in the log', async () => {
    await dashboard.signIn()
    await dashboard.signIn({ password: 'a wrong password', name: 'Tanaka' })
    expect(dashboard.lines.join()).toContain('refused')
    expect(dashboard.lines.join()).not.toMatch(new RegExp(`${OPERATOR.password}|a wrong password|Tanaka`))
  })

  it('is not needed to see that the process is alive', async () => {
    expect((await dashboard.request('/healthz')).status).toBe(200)
  })
})
