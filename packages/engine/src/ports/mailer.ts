/** A mail to one person. */
export interface Mail {
  /** An address, no list of them and no name. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Without angle brackets (RFC 5322 §3.6.4); the same whenever the mail is sent for the same row. */
  readonly messageId: string
}

/**
 * What became of a mail. *accepted*: the server has it. *refused*: for good (RFC 5321 §4.2.1: 5yz), in its words.
 * *deferred*: not now, for reasons of this mail (4yz). *away*: it surely has nothing of it, and no other mail would
 * fare better: it cannot be reached, or does not let us in. *uncertain*: it may have it or not, its answer was lost.
 */
export type MailOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' | 'deferred' | 'away'; readonly reply: string }
  | { readonly kind: 'uncertain' }

/** Hands mails to a mail server. */
export interface Mailer {
  /**
   * Never throws, and takes a minute at most. A `reply` is the server's answer, or what went wrong on the way: one
   * line of at most 200 characters in which addresses are replaced by `…`.
   */
  send(mail: Mail): Promise<MailOutcome>
  close(): Promise<void>
}
