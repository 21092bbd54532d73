import { setTimeout as pause } from 'node:timers/promises'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { ComposedMail } from '../compose.ts'
import { Message } from './message.ts'
import type { Server } from './server.ts'

/** What a mail met in a session. */
export type Carried =
  | { readonly kind: 'accepted' }
  /** The server answered that it does not take the mail: 400 to 599. */
  | { readonly kind: 'answered'; readonly code: number; readonly began: boolean; readonly reply: string }
  /** No answer came that says what became of it; if the message began to flow, the server may have it. */
  | { readonly kind: 'lost'; readonly began: boolean; readonly reply: string }

export interface CarryLimits {
  /** Milliseconds within which the server is to ask for the message. */
  readonly beginMs: number
  /** Milliseconds within which it is to have answered. */
  readonly endMs: number
}

interface SessionOptions extends Server {
  /** Certificates in PEM that are trusted beside Node's own. */
  readonly ca: string | null
}

/** What nodemailer's errors tell. */
interface SmtpError extends Error {
  readonly code?: string
  readonly originalCode?: string
  readonly response?: string
  readonly responseCode?: number
}

type Done<T> = (error?: Error | null, result?: T) => void

const QUIT_MS = 1_000
const LONGEST_SILENCE_MS = 60_000

/** A connection to a mail server that lets us in. It carries mails one after another, until one is not accepted. */
export class Session {
  readonly #connection: SMTPConnection
  #isOpen = true
  #mails = 0

  private constructor(connection: SMTPConnection) {
    this.#connection = connection
    connection.on('end', () => {
      this.#isOpen = false
    })
    // Told again to whoever waits for an answer; while nobody does, an error would end the process.
    connection.on('error', () => {})
  }

  /** Connects, begins TLS and signs in. Throws when that fails, or takes longer than that many milliseconds. */
  static async open({ credentials, ca, ...server }: SessionOptions, ms: number): Promise<Session> {
    const connection = new SMTPConnection({
      ...server,
      ...(ca === null ? {} : { tls: { ca } }),
      connectionTimeout: ms,
      greetingTimeout: ms,
      dnsTimeout: ms,
      socketTimeout: LONGEST_SILENCE_MS,
    })
    const session = new Session(connection)
    const until = performance.now() + ms
    try {
      await session.#answer(ms, (done) => connection.connect(done))
      if (credentials === null) return session
      await session.#answer(until - performance.now(), (done) => connection.login({ credentials }, done))
      return session
    } catch (error) {
      session.close()
      throw error
    }
  }

  /** False once the server has closed it. That it is still there is known only from an answer. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Mails that it carried. */
  get mails(): number {
    return this.#mails
  }

  /** Never throws. Unless the mail was accepted, the session is closed after it. */
  async carry({ envelope, bytes }: ComposedMail, { beginMs, endMs }: CarryLimits): Promise<Carried> {
    this.#mails++
    const message = new Message(bytes)
    // Closing ends the wait for an answer.
    const timer = setTimeout(() => {
      if (!message.began) this.close()
    }, beginMs)
    try {
      await this.#answer(endMs, (done) => this.#connection.send({ ...envelope }, message, done))
      return { kind: 'accepted' }
    } catch (error) {
      this.close()
      return failure(error, message.began)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Takes leave of the server. */
  async quit(): Promise<void> {
    if (!this.#isOpen) return
    const ended = new Promise<void>((resolve) => this.#connection.once('end', resolve))
    this.#connection.quit()
    await Promise.race([ended, pause(QUIT_MS, undefined, { ref: false })])
    this.close()
  }

  close(): void {
    this.#connection.close()
  }

  /** What the connection calls back with. Throws what it tells of, and when it says nothing for that long. */
  #answer<T>(ms: number, start: (done: Done<T>) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const done: Done<T> = (error) => {
        clearTimeout(timer)
        this.#connection.off('error', done)
        this.#connection.off('end', ended)
        if (error) reject(error)
        else resolve()
      }
      // It may end without calling back; where it does, it does so at once.
      const ended = () => setImmediate(() => done(new Error('no answer came before the connection was closed')))
      const timer = setTimeout(() => {
        this.close()
        done(new Error('no answer came in time'))
      }, ms)
      this.#connection.on('error', done)
      this.#connection.on('end', ended)
      start(done)
    })
  }
}

/** What an error of nodemailer's says went wrong, in the server's words where it has any. */
export function wordsOf(error: unknown): string {
  const { response, message, originalCode, code }: SmtpError = error instanceof Error ? error : new Error('unknown')
  // Several addresses that were tried in vain have no message, only a code.
  return response || message || originalCode || code || 'the connection was lost'
}

/**
 * An answer counts as one when nodemailer waited for it: to a command before the message (EENVELOPE), or to the message
 * itself (EMESSAGE). Whatever else it tells of has the server's words at most by chance.
 */
function failure(error: unknown, began: boolean): Carried {
  const { code, responseCode = 0 }: SmtpError = error instanceof Error ? error : new Error('unknown')
  const isAnswer = code === (began ? 'EMESSAGE' : 'EENVELOPE') && responseCode >= 400 && responseCode < 600
  if (isAnswer) return { kind: 'answered', code: responseCode, began, reply: wordsOf(error) }
  return { kind: 'lost', began, reply: wordsOf(error) }
}
