import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'

/** Milliseconds without a byte in either direction after which a connection is given up. */
const IDLE_MS = 300_000
/** Milliseconds in which a request's headers must have come. */
const HEADERS_MS = 30_000
/** Milliseconds that requests have to finish when the server closes. */
const FINISH_MS = 5_000
/** Milliseconds between two looks for connections that have become idle while the server closes. */
const CLOSE_IDLE_MS = 50

export interface Listening {
  /** Like `http://127.0.0.1:8080`, with the port that was picked. */
  readonly url: string
  /** Takes no more requests, lets those that run finish for 5 s, and cuts the rest. */
  close(): Promise<void>
}

/** Serves the application. Throws when the address is taken or not this machine's. */
export async function listen(
  app: Express,
  address: { readonly host: string; readonly port: number },
): Promise<Listening> {
  // No limit on the whole request: 5 GiB on a slow line take hours. Stuck ones are found by their idleness.
  const server = createServer({ requestTimeout: 0, headersTimeout: HEADERS_MS, keepAliveTimeout: 10_000 }, app)
  server.setTimeout(IDLE_MS)
  // Whoever asks before sending a body is told to go on only when the body will be read.
  server.on('checkContinue', app)
  server.listen(address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return { url: `http://${host}:${port}`, close: () => close(server) }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  // A connection is idle again once its request has finished, and clients keep it open for the next one.
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS)
  const cut = setTimeout(() => server.closeAllConnections(), FINISH_MS)
  await closed
  clearInterval(idle)
  clearTimeout(cut)
}
