import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startApi } from '../../../api-under-test.ts'
import {
  type ApiWithWallets,
  type HeldPass,
  holdPass,
  makeVoid,
  startApiWithWallets,
} from '../../../passes/api-with-wallets.ts'
import { passJson } from '../../../passes/pass-json.ts'

const BASE = '/api/web/v1/mobileFlashPass'
const VIEW = { scopes: ['ISSUANCE:VIEW'], headers: { Accept: 'application/json' } }

let api: ApiWithWallets
let pass: HeldPass

beforeAll(async () => {
  api = await startApiWithWallets()
})
afterAll(() => api.stop())
beforeEach(async () => {
  pass = await holdPass(api)
})

const uri = (wallet: string, enrollmentId = pass.enrollmentId) =>
  api.call(`${BASE}/downloadUri/${wallet}/${encodeURIComponent(enrollmentId)}`, VIEW)

async function token(wallet: 'apple' | 'google'): Promise<string> {
  const address = new URL(String(await (await uri(wallet)).json()))
  return address.pathname.split('/').at(-1) ?? ''
}

const download = (wallet: 'apple' | 'google', claimToken: string, enrollmentId = pass.enrollmentId, tenant?: string) =>
  api.call(`${BASE}/downloads/${wallet}/${enrollmentId}/${claimToken}`, { ...VIEW, ...(tenant && { tenant }) })

describe('downloadUri', () => {
  it.each(['apple', 'google'])('is a JSON string: a page for the phone, another one each time (%s)', async (wallet) => {
    const answers = [await uri(wallet), await uri(wallet)]
    const [one, other] = await Promise.all(answers.map((answer) => answer.json()))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(one).toMatch(new RegExp(`^https://passes\\.example/wallet/${wallet}/${pass.enrollmentId}/[\\w-]{43}$`))
    expect(one).not.toBe(other)
  })

  it('takes the id in every spelling', async () => {
    const json = Buffer.from(pass.enrollmentId, 'base64url')
    expect((await uri('apple', json.toString('base64'))).status).toBe(200)
  })

  it('is refused for another wallet type, with the target', async () => {
    const answer = await uri('samsung')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid_parameter', target: 'walletType' })
  })

  it('is a 404 where no pass is in force, or none of the caller', async () => {
    const path = `${BASE}/downloadUri/apple/${pass.enrollmentId}`
    expect((await api.call(path, { ...VIEW, tenant: 'other' })).status).toBe(404)
    expect((await uri('apple', 'no-id')).status).toBe(404)
    await makeVoid(api, pass)
    const answer = await uri('apple')
    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual({ code: 'not_found', message: expect.stringContaining('in force') })
  })

  it('needs ISSUANCE:VIEW', async () => {
    const answer = await api.call(`${BASE}/downloadUri/apple/${pass.enrollmentId}`, { scopes: ['ENROLLMENTS:VIEW'] })
    expect(answer.status).toBe(403)
  })

  it('stores no token', async () => {
    const claimToken = await token('apple')
    const { rows } = await api.pool.query<{ claims: string }>('select json_agg(c)::text as claims from pass_claims c')
    expect(rows[0]?.claims).not.toContain(claimToken)
    expect(rows[0]?.claims).not.toContain(Buffer.from(claimToken).toString('hex'))
  })

  it('is a 409 that says what to set where the wallet is not set up', async () => {
    const bare = await startApi()
    try {
      const held = await holdPass(bare)
      const answer = await bare.call(`${BASE}/downloadUri/google/${held.enrollmentId}`, VIEW)
      expect(answer.status).toBe(409)
      expect(await answer.json()).toMatchObject({ code: 'conflict', message: expect.stringContaining('GOOGLE_') })
    } finally {
      await bare.stop()
    }
  })
})

describe('downloads', () => {
  it('are the signed pass for Apple, as an attachment that nobody keeps, and once', async () => {
    const claimToken = await token('apple')
    const answer = await download('apple', claimToken)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/vnd.apple.pkpass')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="pass.pkpass"')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await passJson(answer, api.wwdrCertificate)).toMatchObject({
      serialNumber: pass.serial,
      organizationName: 'default',
      webServiceURL: 'https://passes.example/wallet/apple-passes',
    })
    const again = await download('apple', claimToken)
    expect(again.status).toBe(404)
    expect(await again.json()).toEqual({ code: 'not_found', message: expect.any(String) })
  })

  it('are an address that saves the pass for Google, and once', async () => {
    const claimToken = await token('google')
    const answer = await download('google', claimToken)
    expect(answer.status).toBe(200)
    const address = String(await answer.json())
    expect(address).toMatch(/^https:\/\/pay\.google\.com\/gp\/v\/save\//)
    const payload = address.split('/').at(-1)?.split('.')[1] ?? ''
    expect(Buffer.from(payload, 'base64url').toString()).toContain(pass.serial)
    expect((await download('google', claimToken)).status).toBe(404)
  })

  it('are a 404 for a token of another wallet, pass, tenant, or none, and leave it good', async () => {
    const claimToken = await token('apple')
    const other = await holdPass(api)
    expect((await download('google', claimToken)).status).toBe(404)
    expect((await download('apple', claimToken, other.enrollmentId)).status).toBe(404)
    expect((await download('apple', claimToken, 'no-id')).status).toBe(404)
    expect((await download('apple', claimToken, pass.enrollmentId, 'other')).status).toBe(404)
    expect((await download('apple', `${claimToken}x`)).status).toBe(404)
    expect((await download('apple', claimToken)).status).toBe(200)
  })

  it('are a 404 once the link has expired, or the pass is void', async () => {
    const claimToken = await token('apple')
    await api.pool.query('update pass_claims set expires_at = now() where pass_id = $1', [pass.id])
    expect((await download('apple', claimToken)).status).toBe(404)
    const later = await token('google')
    await makeVoid(api, pass)
    expect((await download('google', later)).status).toBe(404)
  })

  it('give a pass to one of several who come with the same token at once', async () => {
    const claimToken = await token('apple')
    const answers = await Promise.all(Array.from({ length: 6 }, () => download('apple', claimToken)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404])
  })
})

it('leave the link good when the pass cannot be made', async () => {
  const broken = await startApiWithWallets()
  try {
    const held = await holdPass(broken)
    const make = broken.services.wallets.apple
    if (make === null) throw new Error('Apple Wallet is not set up')
    const path = new URL(
      String(await (await broken.call(`${BASE}/downloadUri/apple/${held.enrollmentId}`, VIEW)).json()),
    ).pathname.replace('/wallet/apple', `${BASE}/downloads/apple`)
    const { pkpass } = make
    make.pkpass = () => Promise.reject(new Error('the disk is on fire'))
    expect((await broken.call(path, VIEW)).status).toBe(500)
    make.pkpass = pkpass
    expect((await broken.call(path, VIEW)).status).toBe(200)
  } finally {
    await broken.stop()
  }
})
