import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { eventually } from './eventually.ts'

/** A server refuses addresses that begin like this as soon as it is told them, with the address in its answer. */
export const REFUSED = 'refused-'
/** It refuses mails to addresses that begin like this when it has all of them. */
export const REFUSED_LATE = 'unwanted-'

const HOST = '127.0.0.1'

/** A mail that a server has taken. */
export interface TakenMail {
  readonly to: string
  /** Without angle brackets. */
  readonly messageId: string
  /** In milliseconds, of `performance.now()`. */
  readonly at: number
}

/**
 * A real mail server that can die. A mail counts as taken once all of it has come and it was kept, also when whoever
 * sent it never hears of that: then it is in somebody's mailbox.
 */
export class MailServer {
  /** All its lives together, in its order. */
  readonly taken: TakenMail[] = []
  readonly #takesMs: number
  readonly #sockets = new Set<Socket>()
  #server: SMTPServer
  #port = 0
  #lives = 1
  #isDead = false

  private constructor(takesMs: number) {
    this.#takesMs = takesMs
    this.#server = this.#newServer()
  }

  /**
   * Starts one on a free port.
   *
   * @param takesMs between the end of a mail and the answer to it; in the middle of it the mail is kept
   */
  static async start(takesMs: number): Promise<MailServer> {
    const server = new MailServer(takesMs)
    await server.#listen()
    return server
  }

  get url(): string {
    return `smtp://${HOST}:${this.#port}`
  }

  /** Resolves when it has taken at least so many mails, all its lives together. */
  async took(count: number, withinMs = 60_000): Promise<void> {
    await eventually(`the mail server to take mail ${count}`, withinMs, async () => {
      return this.taken.length >= count ? true : null
    })
  }

  /** Dies as a process does: all connections end in the middle, what was not kept is gone, nobody can connect. */
  async die(): Promise<void> {
    this.#isDead = true
    this.#lives++
    const closed = once(this.#server.server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Is there again, at the same address; does nothing while it is there. */
  async rise(): Promise<void> {
    if (!this.#isDead) return
    this.#isDead = false
    this.#server = this.#newServer()
    await this.#listen()
  }

  async #listen(): Promise<void> {
    const listening = this.#server.listen(this.#port, HOST)
    await once(listening, 'listening')
    this.#port = (listening.address() as AddressInfo).port
  }

  #newServer(): SMTPServer {
    const server = new SMTPServer({
      authOptional: true,
      hideSTARTTLS: true,
      disableReverseLookup: true,
      onRcptTo: ({ address }, _session, callback) => {
        callback(address.startsWith(REFUSED) ? refusal(`5.1.1 <${address}>: nobody here is ${address}`) : null)
      },
      onData: (stream, session, callback) => {
        this.#take(stream, session).then(() => callback(), callback)
      },
    })
    server.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    // Clients that are killed are what this is for.
    server.on('error', () => {})
    return server
  }

  async #take(stream: SMTPServerDataStream, { envelope }: SMTPServerSession): Promise<void> {
    const life = this.#lives
    const to = envelope.rcptTo.map(({ address }) => address).join()
    // Throws when the connection ends before the mail does.
    const messageId = messageIdOf(await text(stream))
    await sleep(this.#takesMs / 2)
    if (life !== this.#lives) throw new Error('the server has died')
    if (to.startsWith(REFUSED_LATE)) throw refusal(`5.7.1 ${to} does not want this`)
    this.taken.push({ to, messageId, at: performance.now() })
    await sleep(this.#takesMs / 2)
  }
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { responseCode: 550 })
}

function messageIdOf(mail: string): string {
  const head = mail.slice(0, mail.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ')
  const messageId = /^Message-ID: *<([^<>\s]+)>$/im.exec(head)?.[1]
  if (messageId === undefined) throw new Error('a mail has no Message-ID')
  return messageId
}
