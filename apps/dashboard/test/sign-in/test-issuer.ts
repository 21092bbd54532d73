import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { visitor } from '../visitor.ts'

export const CLIENT = { clientId: 'muster', clientSecret: 'hunter2hunter2hunter2' }

/** Claims by account. */
type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>

interface IssuerOptions {
  readonly accounts: Accounts
  readonly dashboardUrl: () => string
  /** Whether the ID token says all; else userinfo is to be asked. */
  readonly inIdToken?: boolean
  readonly authentication?: 'client_secret_basic' | 'client_secret_post'
}

/** A real OpenID Connect issuer over HTTP, whose sign-in takes any password. */
export async function startIssuer(options: IssuerOptions) {
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end()
  const server = createServer((request, response) => answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let provider: RequestListener | undefined
  const open = () => {
    provider ??= new Provider(url, configuration(options)).callback()
    answer = provider
  }
  return {
    url,
    open,
    /** From now on it answers with a gateway's error page. */
    away() {
      answer = (_request, response) => void response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>503</h1>')
    },
    /**
     * Signs in there.
     *
     * @param from where the dashboard sent the browser
     * @returns where the issuer sends it back to
     */
    async signIn(from: string, account: string): Promise<string> {
      const browser = visitor(url)
      let response = await browser.request(from)
      for (let step = 0; step < 10; step++) {
        const location = new URL(response.headers.get('location') ?? '', url)
        if (location.origin !== url) return location.href
        const page = await browser.request(location.href)
        response = page.status === 200 ? await fill(browser, location.href, await page.text(), account) : page
      }
      throw new Error('the issuer did not come to an end')
    },
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** What somebody does who stands before one of the issuer's forms. */
function fill(browser: ReturnType<typeof visitor>, address: string, html: string, account: string) {
  const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1] ?? ''
  const body = new URLSearchParams(prompt === 'login' ? { prompt, login: account, password: 'any' } : { prompt })
  return browser.request(address, { method: 'POST', body })
}

function configuration({ accounts, dashboardUrl, inIdToken = false, authentication }: IssuerOptions) {
  return {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${dashboardUrl()}/sign-in/oidc/callback`],
        token_endpoint_auth_method: authentication ?? 'client_secret_basic',
      },
    ],
    ...(authentication === undefined ? {} : { clientAuthMethods: [authentication] }),
    claims: { openid: ['sub', 'roles', 'groups'], profile: ['preferred_username'], email: ['email'] },
    conformIdTokenClaims: !inIdToken,
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...accounts[id] }),
    }),
  }
}

export type TestIssuer = Awaited<ReturnType<typeof startIssuer>>
