import { isIP } from 'node:net'

/** A mail server, and how it is spoken to. */
export interface Server {
  readonly host: string
  readonly port: number
  /** From the first byte on; otherwise TLS is begun when the server offers it (STARTTLS, RFC 3207). */
  readonly secure: boolean
  /** Rather no mail than one that is not encrypted. */
  readonly requireTLS: boolean
  readonly credentials: { readonly user: string; readonly pass: string } | null
}

/**
 * The server that an address such as `smtps://user:password@mail.example.com:465` names. Ports are 465 for `smtps:` and
 * 587 for `smtp:` unless told. A password is sent over TLS alone, except to this machine.
 */
export function serverOf(address: string): Server {
  const url = new URL(address)
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const hasCredentials = url.username !== ''
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: hasCredentials && !secure && !isThisMachine(host),
    credentials: hasCredentials
      ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
      : null,
  }
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
