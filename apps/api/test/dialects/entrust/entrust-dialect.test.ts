import { randomUUID } from 'node:crypto'
import { ALL_SCOPES } from '@muster/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootstrap } from '../../../src/auth/bootstrap.ts'
import { type ApiUnderTest, startApi } from '../../api-under-test.ts'

const SECRET = 'a shared, secret'
const LIST = '/api/web/v1/mobileFlashPass'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  await api.saveClient({ id: 'app', scopes: ['ISSUANCE:VIEW'] }, SECRET)
})
afterAll(() => api.stop())

const list = (authorization?: string) =>
  api.fetch(LIST, authorization === undefined ? {} : { headers: { authorization } })

async function errorOf(answer: Response) {
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  return (await answer.json()) as { code: string; message: string; target?: string }
}

describe('everything under /api/web', () => {
  it('is open to a token alone, with Bearer, and to a client by its id and secret', async () => {
    const token = await api.token(['ISSUANCE:VIEW'])
    for (const authorization of [token, `Bearer ${token}`, `bearer  ${token}`, `app,${SECRET}`]) {
      const answer = await list(authorization)
      expect([answer.status, await answer.json()]).toEqual([200, []])
    }
  })

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer x',
    'x',
    'a.b.c',
    'Basic YXBwOnNlY3JldA==',
    'app,',
    'app,wrong',
    'nobody,secret',
    `Bearer app,${SECRET}`,
    'app',
  ])('is closed to "%s"', async (authorization) => {
    const answer = await list(authorization)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect((await errorOf(answer)).code).toBe('unauthenticated')
  })

  it('is the only place where a header without a scheme is read', async () => {
    const token = await api.token(['GROUPS:VIEW', 'id360.job.ALL'])
    for (const path of ['/v1/groups', '/api/v1/jobs']) {
      expect((await api.fetch(path, { headers: { authorization: token } })).status).toBe(401)
      expect((await api.fetch(path, { headers: { authorization: `app,${SECRET}` } })).status).toBe(401)
    }
  })

  it('tells who may not do it what that takes', async () => {
    const asked = [
      ['POST', '/v2/mobileFlashPass', 'ISSUANCE:ADD'],
      ['POST', '/v1/mobileFlashPass', 'ISSUANCE:ADD'],
      ['GET', '/v1/mobileFlashPass', 'ISSUANCE:VIEW'],
      ['GET', '/v1/mobileFlashPass/x', 'ISSUANCE:VIEW'],
      ['DELETE', '/v1/mobileFlashPass/cancel/x', 'ISSUANCE:REMOVE'],
      ['GET', '/v1/mobileFlashPass/download/logs/x', 'ISSUANCE:VIEW'],
      ['GET', '/v2/mobileFlashPass/download/logs/x', 'ISSUANCE:VIEW'],
      ['POST', '/v2/print', 'ISSUANCE:ADD'],
      ['GET', '/v1/print', 'ISSUANCE:VIEW'],
      ['GET', '/v1/print/x', 'ISSUANCE:VIEW'],
      ['DELETE', '/v1/print/cancel/x', 'ISSUANCE:REMOVE'],
      ['GET', '/v1/print/download/logs/x', 'ISSUANCE:VIEW'],
      ['GET', '/v2/print/download/logs/x', 'ISSUANCE:VIEW'],
    ] as const
    for (const [method, path, permission] of asked) {
      const others = ALL_SCOPES.filter((scope) => scope !== permission && scope !== 'ISSUANCE:ALL')
      const answer = await api.call(`/api/web${path}`, { method, scopes: others })
      expect([path, answer.status]).toEqual([path, 403])
      const { code, message } = await errorOf(answer)
      expect(code).toBe('forbidden')
      expect(message).toContain(permission)
      const allowed = await api.call(`/api/web${path}`, { method, scopes: [permission] })
      expect([200, 400, 404]).toContain(allowed.status)
    }
  })

  it('is open to the first client', async () => {
    await bootstrap(api.pool, { id: 'first', secret: 'the first secret' })
    expect((await list('first,the first secret')).status).toBe(200)
  })

  it('that is not there is not found', async () => {
    for (const path of ['', '/', '/nothing', '/v1/nothing', '/v3/print', `/v1/print/${randomUUID()}/x/y`]) {
      const answer = await api.call(`/api/web${path}`, { scopes: ALL_SCOPES })
      expect([path, answer.status]).toEqual([path, 404])
      expect((await errorOf(answer)).code).toBe('not_found')
    }
  })

  it('takes no other method than its own, and says which that is', async () => {
    const wrong = [
      ['GET', '/v2/mobileFlashPass', 'POST'],
      ['PUT', '/v1/mobileFlashPass', 'POST'],
      ['DELETE', `/v1/mobileFlashPass/${randomUUID()}`, 'GET'],
      ['GET', `/v1/mobileFlashPass/cancel/${randomUUID()}`, 'DELETE'],
      ['POST', `/v2/mobileFlashPass/download/logs/${randomUUID()}`, 'GET'],
      ['GET', '/v2/print', 'POST'],
      ['POST', '/v1/print', 'GET'],
    ] as const
    for (const [method, path, allowed] of wrong) {
      const answer = await api.call(`/api/web${path}`, { method, scopes: ALL_SCOPES })
      expect([path, answer.status]).toEqual([path, 405])
      expect(answer.headers.get('allow')).toContain(allowed)
      expect((await errorOf(answer)).code).toBe('method_not_allowed')
    }
  })

  it('is a malformed request when the path cannot be read', async () => {
    const answer = await api.call('/api/web/v1/print/%E0%A4%A', { scopes: ALL_SCOPES })
    expect(answer.status).toBe(400)
    expect((await errorOf(answer)).code).toBe('malformed_request')
  })

  it('is an internal error when something breaks here, and tells nothing of it', async () => {
    await api.pool.query('alter table lanes rename to lanes_gone')
    try {
      const answer = await api.call(LIST, { scopes: ['ISSUANCE:VIEW'] })
      expect(answer.status).toBe(500)
      const { code, message } = await errorOf(answer)
      expect(code).toBe('internal_error')
      expect(message).not.toMatch(/lanes|relation/)
    } finally {
      await api.pool.query('alter table lanes_gone rename to lanes')
    }
  })
})
