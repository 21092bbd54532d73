import { listActions } from '@muster/database'
import { type TestDatabase, type TestRedis, testDatabase, testRedis } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DashboardOptions } from '../../src/app.ts'
import type { IssuerSettings } from '../../src/sign-in/issuer.ts'
import { startDashboard, type TestDashboard } from '../dashboard.ts'
import type { Visitor } from '../visitor.ts'
import { CLIENT, startIssuer, type TestIssuer } from './test-issuer.ts'

const ACCOUNTS = {
  ines: { preferred_username: 'ines', roles: ['somebody', 'muster-operator', 'muster-viewer'] },
  viktor: { email: 'viktor@example.com', roles: 'muster-viewer' },
  nora: { preferred_username: 'nora', roles: ['muster-operators'] },
  nobody: { preferred_username: 'nobody' },
  gustav: { preferred_username: `gu\u0000stav${'x'.repeat(300)}`, groups: ['muster-operator'] },
  plain: { roles: ['muster-operator'] },
}

const ROLES = { rolesClaim: 'roles', operatorRole: 'muster-operator', viewerRole: 'muster-viewer' }

describe('signing in with an issuer', () => {
  let redis: TestRedis
  let database: TestDatabase
  let dashboard: TestDashboard
  let issuer: TestIssuer
  const others: { close(): Promise<void> }[] = []
  const start = async (
    change: Partial<IssuerSettings> = {},
    options: Partial<Parameters<typeof startIssuer>[0]> = {},
  ) => {
    let dashboardUrl = ''
    const own = await startIssuer({ accounts: ACCOUNTS, dashboardUrl: () => dashboardUrl, ...options })
    const oidc = (url: string): DashboardOptions['oidc'] => ({ issuer: own.url, url, ...CLIENT, ...ROLES, ...change })
    const started = await startDashboard({ databaseUrl: database.url, redisUrl: redis.url, oidc })
    dashboardUrl = started.url
    own.open()
    others.push(started, own)
    return { issuer: own, dashboard: started }
  }
  beforeAll(async () => {
    // The issuer says on every occasion that it is one for tests.
    for (const method of ['info', 'warn'] as const) vi.spyOn(console, method).mockImplementation(() => {})
    redis = await testRedis()
    database = await testDatabase()
    const started = await start()
    issuer = started.issuer
    dashboard = started.dashboard
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    for (const each of others) await each.close()
    await redis.stop()
    await database.drop()
  })

  const depart = async (visitor: Visitor, next = '/audit') => {
    const response = await visitor.request(`/sign-in/oidc?next=${encodeURIComponent(next)}`)
    expect(response.status).toBe(303)
    return response.headers.get('location') ?? ''
  }

  it('is offered where there is one', async () => {
    const page = await dashboard.visitor().text('/sign-in?next=%2Fqueues')
    expect(page).toContain('<a href="/sign-in/oidc?next=%2Fqueues">')
  })

  it('goes there with PKCE, state and nonce, and keeps what belongs to it from scripts and other sites', async () => {
    const visitor = dashboard.visitor()
    const response = await visitor.request('/sign-in/oidc')
    const { searchParams } = new URL(response.headers.get('location') ?? '')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'muster',
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `${dashboard.url}/sign-in/oidc/callback`,
    })
    const [cookie = ''] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^muster_sign_in=[\w-]+; Max-Age=600; .*HttpOnly; SameSite=Lax$/)
    for (const secret of ['state', 'nonce']) {
      expect(searchParams.get(secret)?.length).toBeGreaterThan(20)
      const opened = Buffer.from(cookie.split(/[=;]/)[1] ?? '', 'base64url').toString('latin1')
      expect(opened).not.toContain(searchParams.get(secret))
    }
    expect((await visitor.request('/sign-in/oidc')).headers.get('location')).not.toContain(searchParams.get('state'))
  })

  for (const [account, name, role, mayChange] of [
    ['ines', 'ines', 'operator', 200],
    ['viktor', 'viktor@example.com', 'viewer', 405],
    ['plain', 'plain', 'operator', 200],
  ] as const) {
    it(`makes ${account} the ${role} ${name}, who comes to the page that was asked for`, async () => {
      const visitor = dashboard.visitor()
      const back = await issuer.signIn(await depart(visitor), account)
      const response = await visitor.request(back)
      expect(response.status).toBe(303)
      expect(response.headers.get('location')).toBe('/audit')
      expect(visitor.cookies.has('muster_sign_in')).toBe(false)
      const page = await visitor.text('/audit')
      const known = `${name} (${new URL(issuer.url).host})`
      expect(page).toContain(`${known} <small>(${role})</small>`)
      const change = await visitor.request('/queues/api/queues/dispatch/resume', { method: 'PUT' })
      expect(change.status).toBe(mayChange)
      const filter = { operator: known, action: 'sign-in', operationId: null }
      expect(await listActions(database.pool, filter, { before: null, limit: 5 })).toMatchObject([{ status: 303 }])
    })
  }

  for (const account of ['nora', 'nobody']) {
    it(`does not let ${account} in, who has no role, and says what to do`, async () => {
      const visitor = dashboard.visitor()
      const response = await visitor.request(await issuer.signIn(await depart(visitor), account))
      expect(response.status).toBe(403)
      expect(await response.text()).toContain('has given you no role here')
      expect(visitor.cookies.size).toBe(0)
      expect((await visitor.request('/audit')).status).toBe(303)
    })
  }

  it('reads another claim, from the ID token, and shows of a name what can be shown', async () => {
    const started = await start({ rolesClaim: 'groups' }, { inIdToken: true })
    const visitor = started.dashboard.visitor()
    await visitor.request(await started.issuer.signIn(await depart(visitor), 'gustav'))
    expect(await visitor.text('/audit')).toContain(
      `>gustav${'x'.repeat(194)} (${new URL(started.issuer.url).host}) <small>(operator)`,
    )
  })

  it('shows its secret in the way that the issuer wants it', async () => {
    const started = await start({}, { authentication: 'client_secret_post' })
    const visitor = started.dashboard.visitor()
    expect((await visitor.request(await started.issuer.signIn(await depart(visitor), 'ines'))).status).toBe(303)
  })

  it('refuses who comes back to a sign-in that another browser began, or with another state', async () => {
    const visitor = dashboard.visitor()
    const back = await issuer.signIn(await depart(visitor), 'ines')
    const stranger = dashboard.visitor()
    expect((await stranger.request(back)).status).toBe(400)
    await depart(stranger)
    expect((await stranger.request(back)).status).toBe(400)
    const forged = new URL(back)
    forged.searchParams.set('state', 'another')
    const response = await visitor.request(forged.href)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('Start it again')
    expect([...visitor.cookies.keys()]).toEqual([])
  })

  it('refuses who comes back twice', async () => {
    const visitor = dashboard.visitor()
    const back = await issuer.signIn(await depart(visitor), 'ines')
    const cookie = `muster_sign_in=${visitor.cookies.get('muster_sign_in')}`
    expect((await visitor.request(back)).status).toBe(303)
    expect((await dashboard.visitor().request(back)).status).toBe(400)
    const replayed = await dashboard.visitor().request(back, { headers: { cookie } })
    expect(replayed.status).toBe(400)
    expect(replayed.headers.getSetCookie().join()).not.toContain('muster_operator')
  })

  it('takes no changed cookie and none from elsewhere', async () => {
    for (const cookie of ['', 'A', 'A'.repeat(200), Buffer.from('{}').toString('base64url')]) {
      const headers = { cookie: `muster_sign_in=${cookie}` }
      const response = await dashboard.visitor().request('/sign-in/oidc/callback?code=x&state=x', { headers })
      expect(response.status).toBe(400)
    }
  })

  it('tells who was not let in there', async () => {
    const visitor = dashboard.visitor()
    const state = new URL(await depart(visitor)).searchParams.get('state')
    const response = await visitor.request(
      `/sign-in/oidc/callback?error=access_denied&state=${state}&iss=${issuer.url}`,
    )
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('did not let you in')
  })

  it('says that the two do not agree where the secret is wrong, and tells the log why', async () => {
    const started = await start({ clientSecret: 'a wrong secret' })
    const visitor = started.dashboard.visitor()
    const response = await visitor.request(await started.issuer.signIn(await depart(visitor), 'ines'))
    expect(response.status).toBe(502)
    expect(await response.text()).toContain('client id, secret and redirect address')
    expect(started.dashboard.lines.join()).toContain('signing in with the issuer failed')
  })

  it('says that the issuer is away, lets others sign in meanwhile, and goes on when it is back', async () => {
    const started = await start()
    started.issuer.away()
    const visitor = started.dashboard.visitor()
    const response = await visitor.request('/sign-in/oidc')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('10')
    expect(await response.text()).toContain('does not answer')
    expect((await started.dashboard.visitor().signIn('olga')).status).toBe(303)
    started.issuer.open()
    const back = await started.issuer.signIn(await depart(visitor), 'ines')
    started.issuer.away()
    expect((await visitor.request(back)).status).toBe(503)
  })

  it('says so too of an issuer where nothing listens', async () => {
    const started = await start({ issuer: 'http://127.0.0.1:1' })
    const response = await started.dashboard.visitor().request('/sign-in/oidc')
    expect(response.status).toBe(503)
  })
})
