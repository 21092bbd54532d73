import type { Mail, Mailer, MailOutcome } from '@muster/engine/ports'
import { isAddress } from './address.ts'
import { type ComposedMail, compose, type Sender } from './compose.ts'
import { reply } from './smtp/reply.ts'
import { type Server, serverOf } from './smtp/server.ts'
import { type Carried, type CarryLimits, Session, wordsOf } from './smtp/session.ts'
import { Slots } from './smtp/slots.ts'

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with `user:password@` where the server wants it. */
  readonly url: string
  readonly from: Sender
  /** Mails at the same time, a connection each, from 1. */
  readonly connections?: number
  /** Milliseconds after which a mail is over. */
  readonly timeoutMs?: number
  /** Certificates in PEM that are trusted beside Node's own. */
  readonly ca?: string
}

/** A connection that was not used for that long is closed: the server is about to do so. */
const IDLE_MS = 10_000

/** After so many mails another connection is made: a host may have several servers. */
const MAILS_A_SESSION = 100

/** RFC 4954 §6, RFC 3207 §4: it wants us to sign in, or to encrypt, first. */
const NOT_LET_IN = 530
/** RFC 5321 §3.8: it is closing the connection. */
const CLOSING = 421

/** Hands mails to a server by SMTP (RFC 5321) over a few connections, which are kept while there are mails. */
export function smtpMailer(options: SmtpOptions): Mailer {
  return new SmtpMailer(options)
}

class SmtpMailer implements Mailer {
  readonly #server: Server & { readonly ca: string | null }
  readonly #from: Sender
  readonly #timeoutMs: number
  readonly #slots: Slots
  readonly #idle = new Map<Session, NodeJS.Timeout>()
  readonly #sending = new Set<Promise<MailOutcome>>()
  #isClosed = false

  constructor({ url, from, connections = 10, timeoutMs = 30_000, ca }: SmtpOptions) {
    this.#server = { ...serverOf(url), ca: ca ?? null }
    this.#from = from
    this.#timeoutMs = timeoutMs
    this.#slots = new Slots(connections)
  }

  async send(mail: Mail): Promise<MailOutcome> {
    const sending = this.#send(mail)
    this.#sending.add(sending)
    try {
      return await sending
    } finally {
      this.#sending.delete(sending)
    }
  }

  /** Mails that are on their way are waited for; those that have no connection yet are *away*. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#slots.refuseWaiters()
    await Promise.all(this.#sending)
    await Promise.all([...this.#idle.keys()].map((session) => this.#dismiss(session)))
  }

  async #send(mail: Mail): Promise<MailOutcome> {
    if (!isAddress(mail.to)) return { kind: 'refused', reply: 'not an address of one mailbox' }
    const limits = new Limits(this.#timeoutMs)
    if (this.#isClosed || !(await this.#slots.take(limits.toBegin()))) {
      return { kind: 'away', reply: 'no connection to the mail server was free' }
    }
    try {
      return await this.#carry(await compose(mail, this.#from), limits)
    } catch {
      // Nothing here is known to throw; of what does, nothing is known.
      return { kind: 'uncertain' }
    } finally {
      this.#slots.give()
    }
  }

  async #carry(mail: ComposedMail, limits: Limits): Promise<MailOutcome> {
    const used = this.#takeIdle()
    if (used !== null) {
      const carried = await used.carry(mail, limits.ofUsed())
      if (!isStale(carried)) return this.#conclude(used, carried, mail)
    }
    let session: Session
    try {
      session = await Session.open(this.#server, limits.toBegin())
    } catch (error) {
      return { kind: 'away', reply: reply(wordsOf(error), mail.envelope.to) }
    }
    return this.#conclude(session, await session.carry(mail, limits.ofNew()), mail)
  }

  #conclude(session: Session, carried: Carried, mail: ComposedMail): MailOutcome {
    if (carried.kind === 'accepted') this.#keep(session)
    return outcomeOf(carried, mail.envelope.to)
  }

  #takeIdle(): Session | null {
    // The one that was used last: the others may end.
    for (const session of [...this.#idle.keys()].reverse()) {
      this.#forget(session)
      if (session.isOpen) return session
    }
    return null
  }

  #keep(session: Session): void {
    if (session.mails >= MAILS_A_SESSION) void session.quit()
    else this.#idle.set(session, setTimeout(() => void this.#dismiss(session), IDLE_MS).unref())
  }

  async #dismiss(session: Session): Promise<void> {
    this.#forget(session)
    await session.quit()
  }

  #forget(session: Session): void {
    clearTimeout(this.#idle.get(session))
    this.#idle.delete(session)
  }
}

/** The time that a mail has: two thirds until its message begins to flow, the rest for the server to answer to it. */
class Limits {
  readonly #timeoutMs: number
  readonly #started = performance.now()

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  toBegin(): number {
    return this.#left((this.#timeoutMs * 2) / 3)
  }

  /** A connection that is stale leaves time for another one. */
  ofUsed(): CarryLimits {
    return { beginMs: this.#left(this.#timeoutMs / 3), endMs: this.#left(this.#timeoutMs) }
  }

  ofNew(): CarryLimits {
    return { beginMs: this.toBegin(), endMs: this.#left(this.#timeoutMs) }
  }

  #left(ms: number): number {
    return Math.max(this.#started + ms - performance.now(), 1)
  }
}

/** Whether a connection that had been used before was at its end: the server has nothing of the mail. */
function isStale(carried: Carried): boolean {
  if (carried.kind === 'accepted' || carried.began) return false
  return carried.kind === 'lost' || carried.code === CLOSING
}

/**
 * Once the server was told of the mail, failures are this mail's own: another may fare better, and if the server is
 * gone, the next connection tells. So one mail that it stumbles over holds up no others.
 */
function outcomeOf(carried: Carried, to: string): MailOutcome {
  if (carried.kind === 'accepted') return { kind: 'accepted' }
  if (carried.kind === 'lost' && carried.began) return { kind: 'uncertain' }
  const words = reply(carried.reply, to)
  if (carried.kind === 'lost') return { kind: 'deferred', reply: words }
  if (carried.code === NOT_LET_IN) return { kind: 'away', reply: words }
  return { kind: carried.code < 500 ? 'deferred' : 'refused', reply: words }
}
