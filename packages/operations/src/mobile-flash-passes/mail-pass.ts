import type { Carry, Courier, DeliveryResult } from '@muster/engine'
import type { IssuedPass, Mailer, MailOutcome, Message, NewClaim, PassStore, Wallet } from '@muster/engine/ports'
import { type PassLinks, passMail } from './pass-mail.ts'

/** How links to passes are made. */
export interface ClaimLinks {
  /** For which they are in force. */
  readonly seconds: number
  /** A token that nobody can guess, and its SHA-256. */
  readonly newToken: () => { readonly token: string; readonly hash: Uint8Array }
  readonly url: (wallet: Wallet, enrollmentId: string, token: string) => string
}

/** Keeps mails to a rate. */
interface MailPace {
  /** Returns whether one more mail may be sent, as soon as it may, or after that many milliseconds. Never throws. */
  take(ms: number): Promise<boolean>
}

/** Those that are out are settled while others wait. */
const PACE_WAIT_MS = 250

export interface MailPassesOptions {
  readonly passes: PassStore
  /** Null: no mail server is set up, and every message fails. */
  readonly mailer: Mailer | null
  readonly pace: MailPace
  /** Those that are set up, in the order in which they are shown; every message fails when there are none. */
  readonly wallets: readonly Wallet[]
  readonly claims: ClaimLinks
  /** On the right of the mails' Message-IDs: the domain that they are from. */
  readonly domain: string
}

interface Link {
  readonly wallet: Wallet
  readonly token: string
  readonly hash: Uint8Array
}

/** A message with links of its own. */
interface Draft {
  readonly message: Message
  readonly links: readonly Link[]
}

const DAY_SECONDS = 86_400

type Failure = 'ENROLLMENT_NOT_FOUND' | 'NO_ADDRESS' | 'MAIL_NOT_SET_UP' | 'WALLET_NOT_SET_UP' | 'DELIVERY_UNCERTAIN'

const failed = (code: Failure): Carry => {
  const result: DeliveryResult = { kind: 'failed', mistake: { code } }
  return async () => result
}

/** Mails holders of passes the links to them. Each mail has tokens of its own; those of a mail not sent just expire. */
export function mailPasses({ passes, mailer, pace, wallets, claims, domain }: MailPassesOptions): Courier {
  return {
    admit: (most) => admit(pace, most),
    async ready(operation, messages) {
      if (mailer === null) return new Map(messages.map(({ row }) => [row, failed('MAIL_NOT_SET_UP')]))
      if (wallets.length === 0) return new Map(messages.map(({ row }) => [row, failed('WALLET_NOT_SET_UP')]))
      const drafts = messages.map((message) => ({ message, links: wallets.map((wallet) => newLink(wallet, claims)) }))
      const issued = await passes.issueClaims(operation, drafts.flatMap(claimsOf), claims.seconds)
      const passOf = new Map(issued.map((pass) => [pass.passId, pass]))
      const send = ({ message: { row, subject }, links }: Draft): Carry => {
        const pass = passOf.get(subject)
        if (pass === undefined) return failed('ENROLLMENT_NOT_FOUND')
        if (pass.address === null) return failed('NO_ADDRESS')
        const mail = {
          to: pass.address,
          messageId: `${operation.id}.${row}@${domain}`,
          ...passMail(pass, addressed(pass, links, claims)),
        }
        return async () => resultOf(await mailer.send(mail))
      }
      return new Map(drafts.map((draft) => [draft.message.row, send(draft)]))
    },
  }
}

async function admit(pace: MailPace, most: number): Promise<number> {
  let admitted = 0
  while (admitted < most && (await pace.take(admitted === 0 ? PACE_WAIT_MS : 1))) admitted++
  return admitted
}

function newLink(wallet: Wallet, claims: ClaimLinks): Link {
  return { wallet, ...claims.newToken() }
}

function claimsOf({ message, links }: Draft): readonly NewClaim[] {
  return links.map(({ wallet, hash }) => ({ passId: message.subject, wallet, tokenHash: hash }))
}

function addressed({ enrollmentId }: IssuedPass, links: readonly Link[], { url, seconds }: ClaimLinks): PassLinks {
  return {
    links: links.map(({ wallet, token }) => ({ wallet, url: url(wallet, enrollmentId, token) })),
    days: Math.floor(seconds / DAY_SECONDS),
  }
}

function resultOf(outcome: MailOutcome): DeliveryResult {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'delivered' }
    case 'refused':
      return { kind: 'failed', mistake: { code: 'MAIL_REFUSED', params: { reply: outcome.reply } } }
    case 'uncertain':
      return { kind: 'failed', mistake: { code: 'DELIVERY_UNCERTAIN' } }
    case 'deferred':
      return { kind: 'postponed', reply: outcome.reply }
    case 'away':
      return { kind: 'away', reply: outcome.reply }
  }
}
