import { createRemoteJWKSet, decodeJwt, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { read } from '../read.ts'

const SECRET = 'a+secret/with%signs and more'
const SCOPES = ['USERS:VIEW', 'GROUPS:VIEW', 'id360.job.READ']

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  await api.saveClient({ id: 'client', scopes: SCOPES }, SECRET)
})
afterAll(() => api.stop())

const ask = (fields: Record<string, string> | [string, string][], headers: Record<string, string> = {}) =>
  api.fetch('/oauth/token', { method: 'POST', body: new URLSearchParams(fields), headers })
const GRANT = { grant_type: 'client_credentials' }
const CREDENTIALS = { client_id: 'client', client_secret: SECRET }
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })

describe('a token', () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['by the form', { ...GRANT, ...CREDENTIALS }, {}],
    ['by HTTP Basic, encoded as RFC 6749 wants', GRANT, basic(`client:${encodeURIComponent(SECRET)}`)],
    ['by HTTP Basic as curl sends it', GRANT, basic(`client:${SECRET}`)],
  ])('is given for client credentials %s', async (_, fields, headers) => {
    const answer = await ask(fields, headers)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const body = await read(answer)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: SCOPES.join(' '),
    })
    expect(decodeJwt(body.access_token)).toMatchObject({ sub: 'client', tenant: 'default', iss: 'urn:muster' })
  })

  it('can be verified with the published keys, which hold nothing private', async () => {
    const { access_token } = await read(await ask({ ...GRANT, ...CREDENTIALS }))
    const url = new URL(`${api.url}/.well-known/jwks.json`)
    const { payload } = await jwtVerify(access_token, createRemoteJWKSet(url), {
      issuer: 'urn:muster',
      audience: 'muster',
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
    const { keys } = await read(await fetch(url))
    expect(keys).toHaveLength(1)
    expect(keys[0]).not.toHaveProperty('d')
  })

  it('is narrowed to the scopes asked for, without regard to case', async () => {
    const { scope } = await read(await ask({ ...GRANT, ...CREDENTIALS, scope: 'ID360.job.read users:view' }))
    expect(scope).toBe('id360.job.READ USERS:VIEW')
  })

  it.each<[string, [string, string][], Record<string, string>, number, string]>([
    [
      'a wrong secret',
      [...Object.entries(GRANT), ['client_id', 'client'], ['client_secret', 'x']],
      {},
      401,
      'invalid_client',
    ],
    [
      'an unknown client',
      [...Object.entries(GRANT), ['client_id', 'x\0'], ['client_secret', 'x']],
      {},
      401,
      'invalid_client',
    ],
    ['no credentials', Object.entries(GRANT), {}, 401, 'invalid_client'],
    ['credentials twice', Object.entries({ ...GRANT, ...CREDENTIALS }), basic('client:x'), 400, 'invalid_request'],
    ['no grant type', Object.entries(CREDENTIALS), {}, 400, 'invalid_request'],
    ['another grant', Object.entries({ ...CREDENTIALS, grant_type: 'password' }), {}, 400, 'unsupported_grant_type'],
    ['a scope it has not', Object.entries({ ...GRANT, ...CREDENTIALS, scope: 'GROUPS:ADD' }), {}, 400, 'invalid_scope'],
    [
      'a parameter twice',
      [...Object.entries({ ...GRANT, ...CREDENTIALS }), ['scope', 'a'], ['scope', 'b']],
      {},
      400,
      'invalid_request',
    ],
  ])('is not given for %s', async (_, fields, headers, status, error) => {
    const answer = await ask(fields, headers)
    expect(answer.status).toBe(status)
    expect(await read(answer)).toEqual({ error, error_description: expect.any(String) })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.has('www-authenticate')).toBe(status === 401)
  })

  it('is asked for with POST and a form', async () => {
    const get = await api.fetch('/oauth/token')
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    const json = await api.fetch('/oauth/token', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(json.status).toBe(400)
    expect(await read(json)).toMatchObject({ error: 'invalid_request' })
  })
})

describe('a request', () => {
  const groups = (authorization?: string) =>
    api.fetch('/v1/groups', authorization === undefined ? {} : { headers: { authorization } })

  it('is answered with a token that allows it', async () => {
    const { access_token } = await read(await ask({ ...GRANT, ...CREDENTIALS }))
    expect((await groups(`Bearer ${access_token}`)).status).toBe(200)
    expect((await groups(`bearer ${access_token}`)).status).toBe(200)
  })

  it.each(['', 'Bearer', 'Bearer x', 'Basic eDp5', 'Bearer a.b.c', 'Zoho-oauthtoken x'])(
    'with "%s" is not let in',
    async (header) => {
      const answer = await groups(header)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
      expect(await read(answer)).toMatchObject({ status: 401, type: 'urn:muster:problem:unauthenticated' })
    },
  )

  it('with a token that somebody else signed is not let in', async () => {
    const good = await api.token(SCOPES)
    const { privateKey } = await generateKeyPair('ES256')
    const { kid } = JSON.parse(Buffer.from(good.split('.')[0] ?? '', 'base64url').toString())
    const forged = await new SignJWT(decodeJwt(good))
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
      .sign(privateKey)
    expect((await groups(`Bearer ${forged}`)).status).toBe(401)
    const unsigned = [Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url'), good.split('.')[1], ''].join(
      '.',
    )
    expect((await groups(`Bearer ${unsigned}`)).status).toBe(401)
  })

  it('with a token that does not allow it is told what it needs', async () => {
    const answer = await api.call('/v1/groups', { scopes: ['USERS:VIEW'] })
    expect(answer.status).toBe(403)
    expect((await read(answer)).detail).toContain('GROUPS:VIEW')
  })
})
