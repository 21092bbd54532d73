import { jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type GoogleCredentials, googleWalletService } from '../../src/index.ts'
import { SERIAL } from '../some-pass.ts'
import { type GoogleServer, googleServer } from './google-server.ts'
import { ACCOUNT, googleAccount, ISSUER } from './key-file.ts'

const OBJECT = `/walletobjects/v1/genericObject/${ISSUER}.${SERIAL}`

let server: GoogleServer
let account: Awaited<ReturnType<typeof googleAccount>>

beforeEach(async () => {
  server = await googleServer()
  account = await googleAccount(`${server.url}/token`)
})
afterEach(async () => {
  vi.useRealTimers()
  await server.stop()
})

const service = (credentials: GoogleCredentials = account.credentials) =>
  googleWalletService(credentials, { baseUrl: server.url })

const paths = () => server.asked.map(({ method, path }) => `${method} ${path}`)

describe('telling Google that a pass is void', () => {
  it('expires the object, with a token got by a signed assertion', async () => {
    expect(await service().expire(SERIAL)).toEqual({ kind: 'told' })
    expect(paths()).toEqual(['POST /token', `PATCH ${OBJECT}`])
    const [token, patch] = server.asked
    expect(patch).toMatchObject({ authorization: 'Bearer token-1', body: '{"state":"EXPIRED"}' })
    const form = new URLSearchParams(token?.body)
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    const audience = `${server.url}/token`
    const { payload } = await jwtVerify(form.get('assertion') ?? '', account.publicKey, { audience, issuer: ACCOUNT })
    expect(payload).toMatchObject({ scope: 'https://www.googleapis.com/auth/wallet_object.issuer' })
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3_600)
  })

  it('asks for one token, however many passes there are', async () => {
    const told = service()
    await Promise.all(Array.from({ length: 5 }, () => told.expire(SERIAL)))
    await told.expire(SERIAL)
    expect(paths().filter((path) => path === 'POST /token')).toHaveLength(1)
    expect(paths()).toHaveLength(7)
  })

  it('gets a new token shortly before the old one expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const told = service()
    await told.expire(SERIAL)
    vi.setSystemTime(Date.now() + 3_400_000)
    await told.expire(SERIAL)
    vi.setSystemTime(Date.now() + 100_000)
    await told.expire(SERIAL)
    expect(server.asked.map(({ authorization }) => authorization)).toEqual([
      null,
      'Bearer token-1',
      'Bearer token-1',
      null,
      'Bearer token-2',
    ])
  })

  it('gets a new token once when the old one is refused', async () => {
    server.answer('/walletobjects/', ({ authorization }) => ({
      status: authorization === 'Bearer token-1' ? 401 : 200,
    }))
    expect(await service().expire(SERIAL)).toEqual({ kind: 'told' })
    server.answer('/walletobjects/', () => ({ status: 401 }))
    const before = server.asked.length
    expect(await service().expire(SERIAL)).toEqual({ kind: 'away', reply: 'Google answered 401' })
    expect(server.asked.length - before).toBe(4)
  })

  it('counts a pass that nobody saved as told', async () => {
    server.answer('/walletobjects/', () => ({ status: 404, json: { error: { status: 'NOT_FOUND' } } }))
    expect(await service().expire(SERIAL)).toEqual({ kind: 'told' })
  })

  it.each([400, 409, 412])('is refused by a %i', async (status) => {
    const json = { error: { status: 'INVALID_ARGUMENT', message: `object ${SERIAL} of jane@example.com` } }
    server.answer('/walletobjects/', () => ({ status, json }))
    expect(await service().expire(SERIAL)).toEqual({
      kind: 'refused',
      reply: `Google answered ${status} INVALID_ARGUMENT`,
    })
  })

  it.each([403, 429, 500, 503])('has to wait after a %i', async (status) => {
    server.answer('/walletobjects/', () => ({ status, json: { error: 'a sentence\nof two lines' } }))
    expect(await service().expire(SERIAL)).toEqual({ kind: 'away', reply: `Google answered ${status}` })
  })

  it('has to wait while the connection is lost', async () => {
    server.answer('/walletobjects/', () => 'hang up')
    expect(await service().expire(SERIAL)).toEqual({
      kind: 'away',
      reply: expect.stringMatching(/^Google cannot be reached \(\w+\)$/),
    })
  })

  it('has to wait while the account gets no token, and asks again the next time', async () => {
    server.answer('/token', () => ({ status: 400, json: { error: 'invalid_grant', error_description: ACCOUNT } }))
    const told = service()
    expect(await told.expire(SERIAL)).toEqual({
      kind: 'away',
      reply: 'Google gives the service account no access (400 invalid_grant)',
    })
    server.answer('/token', () => ({ status: 200, json: { access_token: 'later', expires_in: 3_599 } }))
    expect(await told.expire(SERIAL)).toEqual({ kind: 'told' })
  })

  it('asks nobody about passes that a self-made account signed, as nobody can have saved them', async () => {
    expect(await service({ ...account.credentials, isSelfMade: true }).expire(SERIAL)).toEqual({ kind: 'told' })
    expect(server.asked).toEqual([])
  })
})
