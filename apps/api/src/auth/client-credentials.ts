import { Refusal } from '../refusal.ts'

/** The error codes of RFC 6749 §5.2 that a client credentials request can meet. */
export type OAuthErrorCode = 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'invalid_scope'

/** A token request that is refused: RFC 6749 §5.2. */
export class OAuthRefusal extends Refusal {
  readonly code: OAuthErrorCode
  constructor(code: OAuthErrorCode, detail: string) {
    const isClient = code === 'invalid_client'
    const headers = isClient ? { 'WWW-Authenticate': 'Basic realm="muster", charset="UTF-8"' } : {}
    super(isClient ? 'unauthenticated' : 'invalid-parameter', detail, { headers })
    this.code = code
  }
}

export interface Credentials {
  readonly id: string
  /** The secret; two when it can be read in two ways. */
  readonly secrets: readonly string[]
}

/** The client's credentials, by HTTP Basic or in the form, never both (RFC 6749 §2.3.1). Throws an OAuthRefusal. */
export function credentialsIn(authorization: string | null, form: URLSearchParams): Credentials {
  const secret = form.get('client_secret')
  if (authorization === null) {
    const id = form.get('client_id')
    if (id === null || secret === null) {
      throw new OAuthRefusal('invalid_client', 'Send client_id and client_secret, by HTTP Basic or in the form.')
    }
    return { id, secrets: [secret] }
  }
  if (secret !== null) {
    throw new OAuthRefusal('invalid_request', 'Send the client credentials by HTTP Basic or in the form, not both.')
  }
  const basic = basicIn(authorization)
  const named = form.get('client_id')
  if (named !== null && named !== basic.id) {
    throw new OAuthRefusal('invalid_request', 'client_id is another one than that of the Authorization header.')
  }
  return basic
}

function basicIn(authorization: string): Credentials {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization.trim())?.[1]
  const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 0) throw new OAuthRefusal('invalid_client', 'The Authorization header is not of HTTP Basic.')
  const secret = pair.slice(colon + 1)
  // Id and secret are to be form-encoded within Basic (RFC 6749 §2.3.1), but curl and many others do not.
  return { id: formDecoded(pair.slice(0, colon)), secrets: [...new Set([formDecoded(secret), secret])] }
}

/** Text that is not form-encoded stays as it is. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
