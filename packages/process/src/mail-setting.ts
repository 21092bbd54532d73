import { z } from 'zod'
import { integer } from './settings.ts'

/** A name may be anything that cannot be taken for an address, or for more of the header it stands in. */
const SENDER = /^(?:"?([^<>"\p{C}]*?)"?\s*<([^<>\s]+)>|([^<>\s]+))$/u
const MAILBOX = /^[^\s\p{C}@"(),:;<>[\]\\]{1,64}@[^\s\p{C}@"(),:;<>[\]\\]{1,253}$/u

/** Settings of the mails that Muster sends. */
export const mailSetting = {
  /** `SMTP_URL` */
  smtpUrl: () => {
    const message =
      'expected smtp://host:port or smtps://user:password@host:port, special characters as % and two hexadecimal digits'
    return z.string(message).refine(isSmtpUrl, message)
  },
  /** `MAIL_FROM`: who mails are from. The name is null where there is none. */
  from: () => {
    const message =
      'expected an address like badges@example.com, or a name and an address like Acme <badges@example.com>'
    return z.string(message).transform((text, context) => {
      const [, name = '', bracketed, bare] = SENDER.exec(text.trim()) ?? []
      const address = bracketed ?? bare ?? ''
      if (MAILBOX.test(address)) return { name: name === '' ? null : name, address }
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
  },
  /** `MAILS_PER_SECOND`: of all workers together. */
  perSecond: () => integer(1, 1_000).default(50),
} as const

function isSmtpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text)
  const isBare = /^\/?$/.test(pathname) && search === '' && hash === ''
  return /^smtps?:$/.test(protocol) && hostname !== '' && isBare && isEncoded(username) && isEncoded(password)
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
