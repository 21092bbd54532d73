import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface Asked {
  readonly method: string
  readonly path: string
  readonly authorization: string | null
  readonly body: string
}

/** What the server says: a status with JSON, or that it hangs up. */
type Said = { readonly status: number; readonly json?: unknown } | 'hang up'

export interface GoogleServer {
  readonly url: string
  readonly asked: readonly Asked[]
  /** Of the paths that begin so, from now on. */
  answer(path: string, say: (asked: Asked) => Said): void
  stop(): Promise<void>
}

/** In Google's place: it gives tokens `token-1`, `token-2` … and takes every change, unless told otherwise. */
export async function googleServer(): Promise<GoogleServer> {
  const asked: Asked[] = []
  let tokens = 0
  const answers = new Map<string, (asked: Asked) => Said>([
    ['/token', () => ({ status: 200, json: { access_token: `token-${++tokens}`, expires_in: 3_599 } })],
    ['/walletobjects/', () => ({ status: 200, json: {} })],
  ])
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', headers } = req
    const request = { method, path, authorization: headers.authorization ?? null, body: await text(req) }
    asked.push(request)
    const say = [...answers].find(([beginning]) => path.startsWith(beginning))?.[1]
    const said = say?.(request) ?? { status: 404 }
    if (said === 'hang up') res.destroy()
    else res.writeHead(said.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(said.json ?? {}))
  }
  const server = createServer((req, res) => void serve(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer: (path, say) => void answers.set(path, say),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
