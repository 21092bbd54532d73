import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type ApiWithWallets,
  type HeldPass,
  holdPass,
  logged,
  makeVoid,
  newLink,
  startApiWithWallets,
} from '../../passes/api-with-wallets.ts'
import { passJson } from '../../passes/pass-json.ts'

let api: ApiWithWallets
let pass: HeldPass

beforeAll(async () => {
  api = await startApiWithWallets()
})
afterAll(() => api.stop())
beforeEach(async () => {
  pass = await holdPass(api, 'Jane & <Sons>')
})

const post = (link: string) => api.fetch(link, { method: 'POST', redirect: 'manual' })

async function used(): Promise<number> {
  const { rowCount } = await api.pool.query('select from pass_claims where pass_id = $1 and used_at is not null', [
    pass.id,
  ])
  return rowCount ?? 0
}

describe('the page behind a link', () => {
  it('shows what the link is for, and does not use it up, however often it is fetched', async () => {
    const link = await newLink(api, pass, 'apple')
    for (const method of ['GET', 'HEAD', 'GET']) {
      expect((await api.fetch(link, { method })).status).toBe(200)
    }
    const html = await (await api.fetch(link)).text()
    expect(html).toContain('<form method="post"><button>Add to Apple Wallet</button></form>')
    expect(html).toContain('Jane &amp; &lt;Sons&gt;')
    expect(html).not.toContain('E-1')
    expect(await used()).toBe(0)
  })

  it('loads nothing, tells nobody where it was opened, and is kept by nobody', async () => {
    const answer = await api.fetch(await newLink(api, pass, 'google'))
    const html = await answer.text()
    const policy = answer.headers.get('content-security-policy') ?? ''
    const style = /<style>([^<]*)<\/style>/.exec(html)?.[1] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    expect(policy).not.toContain('unsafe')
    // Browsers apply it to where the form's answer leads, too.
    expect(policy).toContain("form-action 'self' https://pay.google.com")
    expect(html).not.toMatch(/<script|\son\w+=|src=|href=/)
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('is kind when the link is dead, and says what to do', async () => {
    const link = await newLink(api, pass, 'apple')
    await makeVoid(api, pass)
    for (const dead of [link, link.replace('/apple/', '/samsung/'), '/wallet/apple/a/b']) {
      const answer = await api.fetch(dead)
      expect(answer.status).toBe(404)
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(await answer.text()).toContain('ask whoever issued it to send you a new link')
      expect((await post(dead)).status).toBe(404)
    }
  })
})

describe("the page's button", () => {
  it('gives the signed pass for Apple Wallet, once', async () => {
    const link = await newLink(api, pass, 'apple')
    const answer = await post(link)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/vnd.apple.pkpass')
    expect(await passJson(answer, api.wwdrCertificate)).toMatchObject({ serialNumber: pass.serial })
    expect(await used()).toBe(1)
    expect((await post(link)).status).toBe(404)
    expect((await api.fetch(link)).status).toBe(404)
  })

  it('leads to where Google saves the pass, once', async () => {
    const link = await newLink(api, pass, 'google')
    const answer = await post(link)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(/^https:\/\/pay\.google\.com\/gp\/v\/save\/[\w.-]{300,1800}$/)
    expect((await post(link)).status).toBe(404)
  })

  it('works for whoever has the link, and for one of several at once', async () => {
    const link = await newLink(api, pass, 'apple')
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(link)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404])
  })
})

it('links are not in the log', async () => {
  const link = await newLink(api, pass, 'apple')
  await post(link)
  await post(link)
  await api.fetch(`${link}/more`)
  const [enrollmentId = '', token = ''] = link.split('/').slice(-2)
  await expect.poll(() => logged(api)).toContain('"route":"/wallet/:walletType/:enrollmentId/:claimToken"')
  expect(token).toHaveLength(43)
  expect(logged(api)).not.toContain(token)
  expect(logged(api)).not.toContain(enrollmentId)
})
