import type { IssuedPass, Mail, Wallet } from '@muster/engine/ports'
import { htmlEscape } from 'escape-goat'

/** What a mail about a pass says beside the pass. */
export interface PassLinks {
  /** At least one, in the order in which they are shown. */
  readonly links: readonly { readonly wallet: Wallet; readonly url: string }[]
  /** Days for which they are good. */
  readonly days: number
}

type PassMail = Pick<Mail, 'subject' | 'text' | 'html'>

const WALLET_NAMES = { apple: 'Apple Wallet', google: 'Google Wallet' } as const satisfies Record<Wallet, string>

/** Tells somebody where to get a pass. Names are whatever their owners chose; none of them is taken for markup. */
export function passMail({ enrollment }: Pick<IssuedPass, 'enrollment'>, { links, days }: PassLinks): PassMail {
  const [design, organization] = [oneLine(enrollment.design), oneLine(enrollment.organization)]
  const hello = 'Hello,'
  const news = `your ${design} from ${organization} is ready to go onto your phone. Open this mail there, and choose your wallet.`
  const terms = `Each link works once, within ${inDays(days)}, and it is for you alone: please do not pass this mail on. If you need a new link, or did not expect this mail, ask ${organization}.`
  const add = ({ wallet }: { wallet: Wallet }) => `Add to ${WALLET_NAMES[wallet]}`
  return {
    subject: `Your ${design} from ${organization}`,
    text: [hello, news, ...links.map((link) => `${add(link)}:\n${link.url}`), terms, organization].join('\n\n'),
    html: page([
      paragraph(htmlEscape(hello)),
      paragraph(htmlEscape(news)),
      ...links.map((link) => paragraph(`<a href="${htmlEscape(link.url)}">${htmlEscape(add(link))}</a>`)),
      paragraph(htmlEscape(terms)),
      paragraph(htmlEscape(organization)),
    ]),
  }
}

function inDays(days: number): string {
  return days === 1 ? 'a day' : `${days} days`
}

function page(paragraphs: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Your pass</title></head>',
    '<body style="font-family: sans-serif; line-height: 1.5; max-width: 36em">',
    ...paragraphs,
    '</body></html>',
  ].join('\n')
}

function paragraph(html: string): string {
  return `<p>${html}</p>`
}

/** Without line ends, control characters, and what turns the direction of writing. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, ' ').trim()
}
