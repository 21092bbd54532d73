import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'
import { read } from '../read.ts'

const { publicKey, privateKey } = await generateKeyPair('RS256')
let issuer: string
let provider: Server
let api: ApiUnderTest
let up = false

beforeAll(async () => {
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }
  provider = createServer((req, res) => {
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [jwk] },
    }
    const document = documents[req.url ?? '']
    res.writeHead(up && document !== undefined ? 200 : 503, { 'content-type': 'application/json' })
    res.end(JSON.stringify(document ?? {}))
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  api = await startApi({ outsideIssuer: { issuer, audience: 'muster-api' } })
})
afterAll(async () => {
  await api.stop()
  provider.closeAllConnections()
  provider.close()
})

const CLAIMS = { sub: 'somebody', aud: 'muster-api', tenant: 'acme', scope: 'GROUPS:VIEW' }

async function groups(claims: JWTPayload) {
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer(issuer)
    .setIssuedAt()
    .setExpirationTime(claims.exp ?? '5m')
    .sign(privateKey)
  return api.fetch('/v1/groups', { headers: { authorization: `Bearer ${token}` } })
}

describe('a token of an outside issuer', () => {
  it('can be neither taken nor refused while the issuer is away', async () => {
    expect((await groups(CLAIMS)).status).toBe(503)
    up = true
  })

  it('is accepted, and brings its tenant with what every tenant starts with', async () => {
    const answers = await Promise.all([groups(CLAIMS), groups(CLAIMS), groups(CLAIMS)])
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(await read(answer)).toMatchObject({ groups: [{ name: 'All Users' }], next: null })
    }
    const { rows } = await api.pool.query(
      `select count(*)::integer as configs from factor_configs where tenant_id = (select id from tenants where name = 'acme')`,
    )
    expect(rows).toEqual([{ configs: 11 }])
  })

  it('may have its scopes in scp', async () => {
    const { scope, ...claims } = CLAIMS
    expect((await groups({ ...claims, scp: [scope] })).status).toBe(200)
    expect((await groups({ ...claims, scp: `x ${scope}` })).status).toBe(200)
    expect((await groups(claims)).status).toBe(403)
  })

  it.each<[string, JWTPayload]>([
    ['is for somebody else', { ...CLAIMS, aud: 'other' }],
    ['names no tenant', { sub: 'x', aud: 'muster-api', scope: 'GROUPS:VIEW' }],
    ['has expired', { ...CLAIMS, exp: 1 }],
    ['has no subject', { aud: 'muster-api', tenant: 'acme', scope: 'GROUPS:VIEW' }],
  ])('is refused when it %s', async (_, claims) => {
    expect((await groups(claims)).status).toBe(401)
  })

  it('does not keep ours from being accepted', async () => {
    expect((await api.call('/v1/groups', { scopes: ['GROUPS:VIEW'] })).status).toBe(200)
  })
})
