import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A mail that the server took. */
export interface ReceivedMail {
  /** The envelope's. */
  readonly from: string
  readonly to: readonly string[]
  /** As it came, header and body. */
  readonly message: string
}

/** A mail server that takes what it is sent, unless it is told otherwise. */
export interface MailServer {
  readonly url: string
  readonly port: number
  /** What it took, in its order. */
  readonly received: readonly ReceivedMail[]
  /** Connections that were made to it, ended ones among them. */
  readonly connections: () => number
  /** Mails that it was handed and has not answered to. */
  readonly pending: () => number
  /** Closes the connections that are open; it can be connected to again. */
  hangUp(): void
  stop(): Promise<void>
}

export interface MailServerOptions extends Omit<SMTPServerOptions, 'onData'> {
  /** What it says to mails; takes them all unless told. To refuse, it throws what `refusal` makes. */
  readonly answer?: (mail: ReceivedMail) => void | Promise<void>
}

/** The server's reply, to be thrown or called back with: `refusal(550, 'No such user')`. */
export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}

/** Starts a mail server on a free port. Call `stop` at the end. */
export async function mailServer({ answer = () => {}, ...options }: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = []
  let connections = 0
  let pending = 0
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    // Without a certificate of its own it would present the package's.
    hideSTARTTLS: options.key === undefined,
    closeTimeout: 1,
    ...options,
    onData(stream, session, callback) {
      pending++
      const take = async () => {
        const { mailFrom, rcptTo } = session.envelope
        const mail = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          message: await text(stream),
        }
        await answer(mail)
        received.push(mail)
      }
      take()
        .finally(() => pending--)
        .then(() => callback(null), callback)
    },
  })
  server.server.on('connection', () => connections++)
  // Clients that break off are what the tests are about.
  server.on('error', () => {})
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  return {
    url: `${options.secure === true ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    pending: () => pending,
    hangUp() {
      for (const connection of server.connections) connection.close()
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
}
