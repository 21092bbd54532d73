import type { Mail, Mailer } from '@muster/engine/ports'
import { type MailServer, type MailServerOptions, mailServer } from '@muster/testkit'
import { afterEach } from 'vitest'
import { type SmtpOptions, smtpMailer } from '../src/index.ts'
import { type Fault, type FaultyLink, faultyLink } from './faulty-link.ts'

const from = { name: 'Acme Badges', address: 'badges@acme.example' }
export const ACCEPTED = { kind: 'accepted' }
export const UNCERTAIN = { kind: 'uncertain' }

export const mailTo = (to: string, row = 1): Mail => ({
  to,
  subject: 'Your badge',
  text: 'Hello.',
  html: '<p>Hello.</p>',
  messageId: `operation.${row}@acme.example`,
})
export const jane = mailTo('jane@example.com')

/** Messages by their ids. */
export const ids = ({ received }: MailServer) =>
  received.map(({ message }) => /^Message-ID: <(.*)>\r$/m.exec(message)?.[1])

/** For a file of tests: what a test opens is closed after it. */
export function mailersUnderTest() {
  const opened: { close?(): Promise<void>; stop?(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await (each.close?.() ?? each.stop?.())
  })

  return {
    mailer(url: string, options: Partial<SmtpOptions> = {}): Mailer {
      const opens = smtpMailer({ url, from, timeoutMs: 10_000, ...options })
      opened.push(opens)
      return opens
    },
    async server(options: MailServerOptions = {}): Promise<MailServer> {
      const started = await mailServer(options)
      opened.push(started)
      return started
    },
    async link(to: MailServer, fault: Fault): Promise<FaultyLink> {
      const laid = await faultyLink(to.port, fault)
      opened.push(laid)
      return laid
    },
  }
}
