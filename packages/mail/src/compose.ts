import type { Mail } from '@muster/engine/ports'
import MailComposer from 'nodemailer/lib/mail-composer'

/** Who mails are from. */
export interface Sender {
  readonly name: string | null
  readonly address: string
}

/** A mail as it is sent. */
export interface ComposedMail {
  /** Internationalised domains as `xn--…`, unless the name before them is beyond ASCII as well. */
  readonly envelope: { readonly from: string; readonly to: string }
  readonly bytes: Buffer
}

/** The mail as a message (RFC 5322) of two alternatives, plain text and HTML (RFC 2046 §5.1.4). */
export async function compose(mail: Mail, from: Sender): Promise<ComposedMail> {
  const composer = new MailComposer({
    from: { name: from.name ?? '', address: from.address },
    to: [{ name: '', address: mail.to }],
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: `<${mail.messageId}>`,
    // RFC 3834 §5: nobody's absence is to be answered to us.
    headers: { 'Auto-Submitted': 'auto-generated' },
    // Content is text that somebody gave, never where to fetch it.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const message = composer.compile()
  const envelope = message.getEnvelope()
  const [to, ...others] = envelope.to
  if (envelope.from === false || to === undefined || others.length > 0) {
    throw new RangeError('a mail is from one address to one address')
  }
  return { envelope: { from: envelope.from, to }, bytes: await message.build() }
}
