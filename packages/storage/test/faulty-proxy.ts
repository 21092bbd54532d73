import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface FaultyProxy {
  readonly port: number
  /** Connections that were made until now. */
  readonly connections: number
  /** Of these, those that are open. */
  readonly open: number
  /** What clients have sent, as one text of ISO 8859-1; bodies too. */
  readonly sent: string
  /** Cuts a connection when it has brought so many bytes to the client; null: none. Holds for connections that are open too. */
  cutAfterAnswering: number | null
  /** The same for bytes that come from the client. */
  cutAfterSending: number | null
  /** Cuts a connection at the first answer to what was sent with this in it, once; null: none. */
  cutAnswerTo: string | null
  close(): Promise<void>
}

/** A TCP proxy to a port of this machine that cuts connections when it is told to. */
export async function faultyProxy(target: number): Promise<FaultyProxy> {
  const sockets = new Set<Socket>()
  const sent: string[] = []
  let connections = 0
  const server = createServer((client) => {
    connections += 1
    const upstream = connect(target, '127.0.0.1')
    const cut = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut).on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    let asked = 0
    let answered = 0
    let isDoomed = false
    client.on('data', (bytes) => {
      const text = bytes.toString('latin1')
      sent.push(text)
      asked += bytes.length
      isDoomed ||= proxy.cutAnswerTo !== null && text.includes(proxy.cutAnswerTo)
      if (proxy.cutAfterSending !== null && asked > proxy.cutAfterSending) cut()
      else if (!upstream.write(bytes)) {
        client.pause()
        upstream.once('drain', () => client.resume())
      }
    })
    upstream.on('data', (bytes) => {
      if (isDoomed) {
        proxy.cutAnswerTo = null
        return cut()
      }
      const left = proxy.cutAfterAnswering === null ? bytes.length : proxy.cutAfterAnswering - answered
      answered += bytes.length
      if (left < bytes.length) {
        client.write(bytes.subarray(0, Math.max(0, left)), cut)
        upstream.pause()
      } else if (!client.write(bytes)) {
        upstream.pause()
        client.once('drain', () => upstream.resume())
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: FaultyProxy = {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections
    },
    get open() {
      return Math.ceil(sockets.size / 2)
    },
    get sent() {
      return sent.join('')
    },
    cutAfterAnswering: null,
    cutAfterSending: null,
    cutAnswerTo: null,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
