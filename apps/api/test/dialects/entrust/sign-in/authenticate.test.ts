import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../../../api-under-test.ts'

const PATH = '/api/web/v1/adminapi/authenticate'
const SECRET = 'a shared, secret'
const CREDENTIALS = { applicationId: 'app', sharedSecret: SECRET }

interface Token {
  readonly authToken: string
  readonly creationTime: string
  readonly expirationTime: string
}

interface SignInError {
  readonly errorCode: string
  readonly errorMessage: string
  readonly parameters?: readonly string[]
}

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  await api.saveClient({ id: 'app', scopes: ['ISSUANCE:VIEW'] }, SECRET)
})
afterAll(() => api.stop())

const post = (body: string, headers: Record<string, string> = {}) =>
  api.fetch(PATH, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
  })
const ask = (body: unknown) => post(JSON.stringify(body))
const errorOf = async (answer: Response) => (await answer.json()) as SignInError

describe('a program that signs in', () => {
  it.each<[string, object]>([
    ['with its id and secret', CREDENTIALS],
    ['with a web session', { ...CREDENTIALS, enableWebSession: true }],
    ['with members that nobody knows, or null', { ...CREDENTIALS, enableWebSession: null, ipAddress: '::1' }],
  ])('%s gets a token for an hour', async (_, credentials) => {
    const answer = await ask(credentials)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { authToken, creationTime, expirationTime } = (await answer.json()) as Token
    expect(creationTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(Date.parse(expirationTime) - Date.parse(creationTime)).toBe(3_600_000)
    const { exp = 0, ...claims } = decodeJwt(authToken)
    expect(claims).toMatchObject({ sub: 'app', tenant: 'default', scope: 'ISSUANCE:VIEW' })
    expect(new Date(exp * 1_000).getTime()).toBe(Date.parse(expirationTime))
  })

  it('is let in with the token', async () => {
    const { authToken } = (await (await ask(CREDENTIALS)).json()) as Token
    const answer = await api.fetch('/api/web/v1/print', { headers: { authorization: authToken } })
    expect([answer.status, await answer.json()]).toEqual([200, []])
  })

  it.each([
    ['a wrong secret', { ...CREDENTIALS, sharedSecret: 'x' }],
    ['an unknown id', { ...CREDENTIALS, applicationId: 'x\0' }],
  ])('with %s is not let in', async (_, credentials) => {
    const answer = await ask(credentials)
    expect(answer.status).toBe(401)
    expect(await errorOf(answer)).toEqual({
      errorCode: 'unauthenticated',
      errorMessage: 'The application id or the shared secret is wrong.',
    })
  })

  it.each<[unknown, readonly string[] | undefined]>([
    [{}, ['applicationId', 'sharedSecret']],
    [{ applicationId: 1, sharedSecret: 'x' }, ['applicationId']],
    [{ ...CREDENTIALS, enableWebSession: 'yes' }, ['enableWebSession']],
    [[], undefined],
    [null, undefined],
    ['text', undefined],
  ])('with %j is told every parameter that is wrong', async (body, parameters) => {
    const answer = await ask(body)
    expect(answer.status).toBe(400)
    const error = await errorOf(answer)
    expect(error.errorCode).toBe('invalid_parameter')
    expect(error.parameters).toEqual(parameters)
    for (const name of parameters ?? []) expect(error.errorMessage).toContain(name)
  })
})

describe('what goes wrong at the sign-in has its shape of an error', () => {
  it('when the body is no JSON, too large, or of another media type', async () => {
    const malformed = await post('{')
    expect([malformed.status, (await errorOf(malformed)).errorCode]).toEqual([400, 'malformed_request'])
    const large = await post(JSON.stringify({ ...CREDENTIALS, padding: 'x'.repeat(65_536) }))
    expect([large.status, (await errorOf(large)).errorCode]).toEqual([400, 'request_too_large'])
    const form = await post('applicationId=app', { 'content-type': 'application/x-www-form-urlencoded' })
    expect([form.status, (await errorOf(form)).errorCode]).toEqual([400, 'unsupported_media_type'])
  })

  it('when the method is another, the path is not there, or cannot be read', async () => {
    const got = await api.fetch(PATH)
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await errorOf(got)).errorCode).toBe('method_not_allowed')
    for (const path of ['/api/web/v1/adminapi', '/api/web/v1/adminapi/', '/api/web/v1/adminapi/nothing']) {
      const missing = await api.fetch(path)
      expect([missing.status, (await errorOf(missing)).errorCode]).toEqual([404, 'not_found'])
    }
    const broken = await api.fetch('/api/web/v1/adminapi/%E0%A4%A')
    expect([broken.status, (await errorOf(broken)).errorCode]).toEqual([404, 'not_found'])
  })

  it('when the database fails, and tells nothing of it', async () => {
    await api.pool.query('alter table clients rename to clients_gone')
    try {
      const answer = await ask(CREDENTIALS)
      const error = await errorOf(answer)
      expect([answer.status, error.errorCode]).toEqual([500, 'internal_error'])
      expect(error.errorMessage).not.toMatch(/clients|relation/)
    } finally {
      await api.pool.query('alter table clients_gone rename to clients')
    }
  })
})
