import { z } from 'zod'
import { setting } from './setting.ts'
import { integer } from './values.ts'

/** A name may be anything that cannot be taken for an address, or for more of the header it stands in. */
const SENDER = /^(?:"?([^<>"\p{C}]*?)"?\s*<([^<>\s]+)>|([^<>\s]+))$/u
const MAILBOX = /^[^\s\p{C}@"(),:;<>[\]\\]{1,64}@[^\s\p{C}@"(),:;<>[\]\\]{1,253}$/u

const SMTP =
  'expected smtp://host:port or smtps://user:password@host:port, special characters as % and two hexadecimal digits'
const FROM = 'expected an address like badges@example.com, or a name and an address like Acme <badges@example.com>'

/** The mails that Muster sends. */
export const MAILS = {
  SMTP_URL: setting(
    ['standalone', 'worker'],
    z.string(SMTP).refine(isSmtpUrl, SMTP).optional(),
    'The mail server: `smtp://` (port 587 unless told; encrypted when the server offers STARTTLS) or `smtps://` (port 465; encrypted from the start), with `user:password@` where it wants them, special characters as `%` and two hexadecimal digits.',
    { isSecret: true },
  ),
  MAIL_FROM: setting(
    ['standalone', 'worker'],
    z.string(FROM).transform(toSender).optional(),
    'Who mails are from, and where they bounce to: `badges@example.com` or `Acme Badges <badges@example.com>`. Given together with `SMTP_URL`; a worker then needs `PUBLIC_URL` too, for the links.',
  ),
  MAILS_PER_SECOND: setting(
    ['standalone', 'worker'],
    integer(1, 1_000).default(50),
    'Mails that all workers together hand to the server in a second. The same for all workers.',
  ),
} as const

/** The name is null where there is none. */
function toSender(given: string, context: z.RefinementCtx): { name: string | null; address: string } {
  const [, name = '', bracketed, bare] = SENDER.exec(given.trim()) ?? []
  const address = bracketed ?? bare ?? ''
  if (MAILBOX.test(address)) return { name: name === '' ? null : name, address }
  context.addIssue({ code: 'custom', message: FROM })
  return z.NEVER
}

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
