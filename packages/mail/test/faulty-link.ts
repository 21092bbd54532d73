import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Where in a session: before a command is let through, in the middle of the message, before the answer to it. */
export type Stage = 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'message' | 'answer'

export interface Fault {
  readonly stage: Stage
  /** *hang*: nothing gets through any more, either way. *die*: both ends are cut off. */
  readonly kind: 'hang' | 'die'
  /** Which connection's which mail, both from 1; all of them unless told. */
  readonly strikes?: (connection: number, mail: number) => boolean
}

export interface FaultyLink {
  readonly url: string
  /** Faults that happened. */
  readonly faults: () => number
  stop(): Promise<void>
}

/** A link to a mail server on this machine, unencrypted, that breaks where it is told to. */
export async function faultyLink(port: number, fault: Fault): Promise<FaultyLink> {
  const sockets = new Set<Socket>()
  let connections = 0
  let faults = 0
  const link = createServer((client) => {
    const server = connect(port, '127.0.0.1')
    for (const socket of [client, server]) sockets.add(socket.on('error', () => {}).setNoDelay())
    new Session(++connections, client, server, fault, () => faults++)
  })
  await once(link.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `smtp://127.0.0.1:${(link.address() as AddressInfo).port}`,
    faults: () => faults,
    async stop() {
      for (const socket of sockets) socket.destroy()
      link.close()
      await once(link, 'close')
    },
  }
}

class Session {
  #mail = 0
  #phase: 'commands' | 'message' | 'answer' | 'broken' = 'commands'
  readonly #number: number
  readonly #client: Socket
  readonly #server: Socket
  readonly #fault: Fault
  readonly #onFault: () => void

  constructor(number: number, client: Socket, server: Socket, fault: Fault, onFault: () => void) {
    this.#number = number
    this.#client = client
    this.#server = server
    this.#fault = fault
    this.#onFault = onFault
    client.on('data', (bytes) => this.#fromClient(bytes.toString('latin1')))
    server.on('data', (bytes) => this.#fromServer(bytes.toString('latin1')))
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
    if (fault.stage === 'greeting') this.#breaks('greeting')
  }

  #fromClient(data: string): void {
    if (this.#phase === 'commands') {
      for (const line of data.match(/[^\n]*\n|[^\n]+/g) ?? []) {
        const command = line.slice(0, 4).toUpperCase()
        if (command === 'MAIL') this.#mail++
        if (this.#breaks(command)) return
        this.#server.write(line, 'latin1')
      }
    } else if (this.#phase === 'message') {
      if (this.#fault.stage === 'message' && this.#strikes()) {
        this.#server.write(data.slice(0, 20), 'latin1')
        this.#break()
        return
      }
      this.#server.write(data, 'latin1')
      if (data.endsWith('\r\n.\r\n')) this.#phase = 'answer'
    }
  }

  #fromServer(data: string): void {
    if (this.#phase === 'broken' || (this.#phase === 'answer' && this.#breaks('answer'))) return
    if (this.#phase === 'answer') this.#phase = 'commands'
    else if (/^354 /m.test(data)) this.#phase = 'message'
    this.#client.write(data, 'latin1')
  }

  #breaks(stage: string): boolean {
    if (stage !== this.#fault.stage || !this.#strikes()) return false
    this.#break()
    return true
  }

  #strikes(): boolean {
    return this.#fault.strikes?.(this.#number, this.#mail) ?? true
  }

  #break(): void {
    this.#phase = 'broken'
    this.#onFault()
    if (this.#fault.kind === 'hang') return
    this.#client.destroy()
    this.#server.destroy()
  }
}
