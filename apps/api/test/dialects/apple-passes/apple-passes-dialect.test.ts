import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startApi } from '../../api-under-test.ts'
import {
  type ApiWithWallets,
  type HeldPass,
  holdPass,
  logged,
  makeVoid,
  newLink,
  PASS_TYPE,
  startApiWithWallets,
} from '../../passes/api-with-wallets.ts'
import { passJson } from '../../passes/pass-json.ts'

const BASE = '/wallet/apple-passes/v1'

let api: ApiWithWallets
let pass: HeldPass
/** As the device has it from the pass. */
let token: string
let deviceId: string

beforeAll(async () => {
  api = await startApiWithWallets()
})
afterAll(() => api.stop())
beforeEach(async () => {
  deviceId = randomUUID().replaceAll('-', '')
  pass = await holdPass(api)
  const taken = await api.fetch(await newLink(api, pass, 'apple'), { method: 'POST' })
  token = String((await passJson(taken, api.wwdrCertificate))['authenticationToken'])
})

const authorized = (of = token) => ({ Authorization: `ApplePass ${of}` })
const registration = (serial = pass.serial) => `${BASE}/devices/${deviceId}/registrations/${PASS_TYPE}/${serial}`

const register = (headers: Record<string, string> = authorized(), body: unknown = { pushToken: 'push-me' }) =>
  api.fetch(registration(), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

const changed = (since?: string) =>
  api.fetch(
    `${BASE}/devices/${deviceId}/registrations/${PASS_TYPE}${since === undefined ? '' : `?passesUpdatedSince=${since}`}`,
  )

const latest = (headers: Record<string, string> = authorized(), serial = pass.serial) =>
  api.fetch(`${BASE}/passes/${PASS_TYPE}/${serial}`, { headers })

/** As if nothing had happened for an hour. */
const age = () =>
  api.pool.query(
    `with p as (update passes set changed_at = now() - interval '1 hour' where id = $1)
     update enrollment_records set updated_at = now() - interval '1 hour' where id = $2`,
    [pass.id, pass.recordId],
  )

describe('registering a device', () => {
  it('is a 201, and a 200 when it is known; the push token is sealed', async () => {
    expect((await register()).status).toBe(201)
    expect((await register()).status).toBe(200)
    const { rows } = await api.pool.query<{ push_token: Buffer }>(
      'select push_token from pass_devices where device_id = $1',
      [deviceId],
    )
    const sealed = rows[0]?.push_token ?? Buffer.alloc(0)
    expect(sealed.toString('latin1')).not.toContain('push-me')
    expect(api.services.secrets.open(sealed)).toBe('push-me')
  })

  it('needs the token of that pass', async () => {
    const other = await holdPass(api)
    for (const headers of [{}, authorized('x'), { Authorization: `Bearer ${token}` }, authorized(`${token}x`)]) {
      const answer = await register(headers)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('ApplePass')
    }
    for (const serial of [other.serial, randomUUID(), 'no-serial']) expect((await latest({}, serial)).status).toBe(401)
    expect((await latest(authorized(), other.serial)).status).toBe(401)
    expect(await (await register({})).json()).toEqual({ message: expect.any(String) })
  })

  it('needs a push token of a sane length', async () => {
    for (const body of [{}, { pushToken: '' }, { pushToken: 'x'.repeat(1_001) }, null]) {
      expect((await register(authorized(), body)).status).toBe(400)
    }
    expect((await register(authorized(), { pushToken: 'x'.repeat(70_000) })).status).toBe(413)
  })

  it('ends when the device says so', async () => {
    await register()
    const end = () => api.fetch(registration(), { method: 'DELETE', headers: authorized() })
    expect((await api.fetch(registration(), { method: 'DELETE' })).status).toBe(401)
    expect((await changed()).status).toBe(200)
    expect([(await end()).status, (await end()).status]).toEqual([200, 200])
    expect((await changed()).status).toBe(204)
  })
})

describe('what was changed', () => {
  it('is nothing for a device that nobody knows', async () => {
    expect((await changed()).status).toBe(204)
  })

  it('is every pass at first, then those that became void since', async () => {
    await age()
    await register()
    const first = await changed()
    const { serialNumbers, lastUpdated } = Object(await first.json())
    expect(serialNumbers).toEqual([pass.serial])
    expect((await changed(lastUpdated)).status).toBe(204)
    await makeVoid(api, pass)
    expect(await (await changed(lastUpdated)).json()).toMatchObject({ serialNumbers: [pass.serial] })
  })

  it('is refused for a tag that is not ours, and for other pass types', async () => {
    expect((await changed('yesterday')).status).toBe(400)
    expect((await api.fetch(`${BASE}/devices/${deviceId}/registrations/pass.other`)).status).toBe(404)
  })
})

describe('the latest pass', () => {
  it('is a signed pass; a void one says so', async () => {
    const answer = await latest()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/vnd.apple.pkpass')
    const json = await passJson(answer, api.wwdrCertificate)
    expect(json).toMatchObject({ serialNumber: pass.serial, authenticationToken: token })
    expect(json).not.toHaveProperty('voided')
    await makeVoid(api, pass)
    expect(await passJson(await latest(), api.wwdrCertificate)).toMatchObject({ voided: true })
  })

  it('is a 304 when it was not changed since, and a 200 when it was', async () => {
    await age()
    const lastModified = (await latest()).headers.get('last-modified') ?? ''
    expect(Date.now() - Date.parse(lastModified)).toBeGreaterThan(3_500_000)
    const since = { ...authorized(), 'If-Modified-Since': lastModified }
    const unchanged = await latest(since)
    expect(unchanged.status).toBe(304)
    expect(await unchanged.text()).toBe('')
    await makeVoid(api, pass)
    expect((await latest(since)).status).toBe(200)
    expect((await latest({ ...authorized(), 'If-Modified-Since': 'soon' })).status).toBe(200)
  })

  it('that was changed in the same second as it was asked for is not missed', async () => {
    await makeVoid(api, pass)
    const lastModified = (await latest()).headers.get('last-modified') ?? ''
    await api.pool.query('update passes set changed_at = now() where id = $1', [pass.id])
    expect((await latest({ ...authorized(), 'If-Modified-Since': lastModified })).status).toBe(200)
  })
})

it("what devices tell is counted, and not written to the log, as nothing of their passes' tokens is", async () => {
  const told = await api.fetch(`${BASE}/log`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ logs: ['one at /passes/jane', 'two'] }),
  })
  expect(told.status).toBe(200)
  await latest()
  await expect.poll(() => logged(api)).toContain('"messages":2')
  expect(logged(api)).not.toContain('jane')
  expect(logged(api)).not.toContain(token)
  expect(logged(api)).not.toContain(pass.serial)
})

it('there is nothing to ask where Apple Wallet is not set up', async () => {
  const bare = await startApi()
  try {
    expect((await bare.fetch(`${BASE}/passes/${PASS_TYPE}/${pass.serial}`, { headers: authorized() })).status).toBe(404)
  } finally {
    await bare.stop()
  }
})
