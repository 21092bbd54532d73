import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { read } from '../read.ts'

const SCOPES = ['OPERATIONS:VIEW']
const LIMIT = 5

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi({ requestsPerMinute: LIMIT })
})
afterAll(() => api.stop())

const list = (tenant: string) => api.call('/v1/operations', { scopes: SCOPES, tenant })

/**
 * Uses up all that a tenant has: the answer to the first request that was refused. Where Redis takes longer than a
 * request is held up for, as on a machine that is busy, the process counts that request itself; so there may be more.
 */
async function exhaust(tenant: string): Promise<Response> {
  for (let request = 0; request < 2 * LIMIT; request++) {
    const answer = await list(tenant)
    if (answer.status === 200) continue
    expect(request).toBeGreaterThanOrEqual(LIMIT)
    return answer
  }
  throw new Error('no request was refused')
}

describe('the requests of a tenant', () => {
  it('are counted, and refused when there are too many within a minute', async () => {
    const first = await list('one')
    expect(first.headers.get('ratelimit-policy')).toBe(`"tenant";q=${LIMIT};w=60`)
    expect(first.headers.get('ratelimit')).toMatch(/^"tenant";r=4;t=\d+$/)
    const refused = await exhaust('two')
    expect(refused.status).toBe(429)
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect(refused.headers.get('ratelimit')).toBe(`"tenant";r=0;t=${seconds}`)
    expect(await read(refused)).toMatchObject({
      type: 'urn:muster:problem:too-many-requests',
      detail: `There were more than ${LIMIT} requests within a minute; try again in ${seconds} seconds.`,
    })
    expect((await list('one')).status).toBe(200)
  })

  it('are counted together, whatever the dialect', async () => {
    await exhaust('three')
    const refused = await api.call('/api/v1/jobs', { scopes: ['id360.job.READ'], tenant: 'three' })
    expect(refused.status).toBe(429)
    expect(await read(refused)).toMatchObject({ error: { code: '00000109' } })
  })

  it('are not counted where no tenant asks', async () => {
    await exhaust('default')
    for (const path of ['/healthz', '/readyz']) {
      const answer = await api.fetch(path)
      expect(answer.status).toBe(200)
      expect(answer.headers.has('ratelimit')).toBe(false)
    }
    await api.saveClient({ id: 'client', scopes: SCOPES }, 'a secret of some length')
    const token = await api.fetch('/oauth/token', {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('client:a secret of some length')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    expect(token.status).toBe(200)
  })

  it('are answered while Redis is away', async () => {
    process.kill(api.redis.server().pid, 'SIGKILL')
    await api.redis.server().exited
    expect((await exhaust('four')).status).toBe(429)
    await api.redis.restart()
  })
})
