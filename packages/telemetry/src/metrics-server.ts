import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from './metrics/metrics.ts'

/** What a process depends on, and whether it can work. */
export interface Health {
  /** False: it can do nothing useful now. */
  readonly ready: boolean
  /** By the name of what it depends on. A false one with `ready` true means degraded. */
  readonly checks: Readonly<Record<string, boolean>>
}

export interface MetricsServerOptions {
  readonly metrics: Metrics
  /** 0 picks a free one. */
  readonly port: number
  readonly host: string
  readonly health: () => Promise<Health>
}

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves `/metrics`, `/healthz` (the process is alive) and `/readyz` (503 unless it can work) for a
 * process that has no HTTP of its own. Throws what `listen` emits, such as EADDRINUSE.
 */
export async function serveMetrics({ metrics, port, host, health }: MetricsServerOptions): Promise<MetricsServer> {
  const pages: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    '/metrics': async (response) => {
      const { contentType, body } = await metrics.text()
      response.writeHead(200, { 'content-type': contentType }).end(body)
    },
    '/healthz': async (response) => json(response, 200, { status: 'alive' }),
    '/readyz': async (response) => {
      const { ready, checks } = await health().catch(() => ({ ready: false, checks: {} }))
      const status = ready ? (Object.values(checks).every(Boolean) ? 'ready' : 'degraded') : 'unready'
      json(response, ready ? 200 : 503, { status, checks })
    },
  }
  const answer: RequestListener = (request, response) => {
    const page = pages[request.url?.split('?')[0] ?? '']
    if (page === undefined) return json(response, 404, { error: 'not found' })
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return json(response, 405, { error: 'GET only' }, { allow: 'GET, HEAD' })
    page(response).catch(() => json(response, 500, { error: 'failed' }))
  }
  const server = createServer(answer)
  server.listen(port, host)
  await once(server, 'listening')
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  if (response.headersSent) {
    response.end()
    return
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
