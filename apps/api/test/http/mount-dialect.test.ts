import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { read } from '../read.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const SCOPES = ['GROUPS:VIEW', 'GROUPS:ADD', 'USERS:VIEW']
const postGroup = (body: string, type = 'application/json') =>
  api.call('/v1/groups', { method: 'POST', body, headers: { 'content-type': type }, scopes: SCOPES })

describe('problem details', () => {
  it.each(['/', '/x', '/v1', '/v1/x', '/v1/operations/1/2/3', '/V1/groups', '/oauth'])(
    'tell that %s is not there',
    async (path) => {
      const answer = await api.fetch(path)
      expect(answer.status).toBe(404)
      if (!path.startsWith('/oauth')) {
        expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
        expect(await read(answer)).toEqual({
          type: 'urn:muster:problem:not-found',
          title: 'Not found',
          status: 404,
          detail: expect.any(String),
          instance: path,
          requestId: answer.headers.get('x-request-id'),
        })
      }
    },
  )

  it.each([
    ['/v1/groups', 'GET, HEAD, POST'],
    ['/v1/operations', 'POST, GET, HEAD'],
    ['/healthz', 'GET, HEAD'],
  ])('tell the methods of %s', async (path, allow) => {
    const answer = await api.fetch(path, { method: 'DELETE' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow])
    expect(await read(answer)).toMatchObject({ type: 'urn:muster:problem:method-not-allowed' })
  })

  it.each<[string, string, string, number]>([
    ['malformed JSON', '{"name":', 'application/json', 400],
    ['no body', '', 'application/json', 400],
    ['another media type', '<name/>', 'application/xml', 415],
    ['another charset', '{}', 'application/json; charset=ebcdic', 415],
    ['a body too large', JSON.stringify({ name: 'x'.repeat(100_000) }), 'application/json', 413],
    ['a wrong shape', '[]', 'application/json', 400],
    ['a field too many', '{"name":"x","color":"red"}', 'application/json', 400],
    ['control characters', '{"name":"a\\u0000b"}', 'application/json', 400],
  ])('tell of %s', async (_, body, type, status) => {
    const answer = await postGroup(body, type)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  })

  it('tell of a path that is not well encoded', async () => {
    expect((await api.call('/v1/users/%E0%A4%A', { scopes: SCOPES })).status).toBe(400)
  })

  it('tell nothing of what went wrong inside', async () => {
    await api.pool.query('alter table groups rename to hidden')
    try {
      const answer = await postGroup('{"name":"x"}')
      expect(answer.status).toBe(500)
      expect(JSON.stringify(await read(answer))).not.toMatch(/relation|42P01/)
    } finally {
      await api.pool.query('alter table hidden rename to groups')
    }
  })

  it('tell of a database that is away, and of one that is back', async () => {
    await api.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`)
    await expect.poll(async () => (await api.call('/v1/groups', { scopes: SCOPES })).status).toBe(200)
  })
})

describe('a request', () => {
  it('keeps a sane id of its own, and gets one for any other', async () => {
    const idFor = async (id: string) =>
      (await api.fetch('/healthz', { headers: { 'x-request-id': id } })).headers.get('x-request-id')
    expect(await idFor('abc-1.2_3')).toBe('abc-1.2_3')
    expect(await idFor('a b')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await idFor('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is one line of the log, which holds nothing personal', async () => {
    const answer = await api.call('/v1/users/alice@example.com?name=Alice', { scopes: SCOPES })
    const id = answer.headers.get('x-request-id')
    await expect
      .poll(() => api.lines.filter((line) => line['requestId'] === id))
      .toEqual([
        expect.objectContaining({
          method: 'GET',
          route: '/v1/users/:userId',
          status: 404,
          ms: expect.any(Number),
          tenant: 'default',
          level: 'info',
        }),
      ])
    expect(JSON.stringify(api.lines)).not.toMatch(/alice|Bearer|eyJ/i)
  })

  it('is measured by its route', async () => {
    await api.call('/v1/users/x', { scopes: SCOPES })
    await api.fetch('/nowhere')
    const { body } = await api.metrics.text()
    expect(body).toContain('route="/v1/users/:userId",status="404"')
    expect(body).toContain('route="none",status="404"')
  })

  it('may be HEAD where it may be GET', async () => {
    const answer = await api.call('/v1/groups', { method: 'HEAD', scopes: SCOPES })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })
})
