import type { Mailer } from '@muster/engine/ports'

/** Keeps mails to a rate. */
export interface Pace {
  /** Returns whether one more mail may be sent, as soon as it may, or after that many milliseconds. Never throws. */
  take(ms: number): Promise<boolean>
}

/** With the time that a mail itself takes, a minute at most. */
const WAIT_MS = 25_000

/** The mailer, at that pace. A mail that waited for too long is *away*: no other one could be sent either. */
export function paced(mailer: Mailer, pace: Pace): Mailer {
  return {
    async send(mail) {
      if (await pace.take(WAIT_MS)) return mailer.send(mail)
      return { kind: 'away', reply: 'as many mails as may be sent in a second wait to be sent' }
    },
    close: () => mailer.close(),
  }
}
