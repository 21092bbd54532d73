import { findClient, type Pool } from '@muster/database'
import { type AccessTokens, TOKEN_SECONDS } from './access-tokens.ts'
import { credentialsIn, OAuthRefusal } from './client-credentials.ts'
import { isSecret } from './client-secret.ts'

/** A successful answer to a token request: RFC 6749 §5.1. */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  /** Space-separated. */
  readonly scope: string
}

/** The client credentials grant: RFC 6749 §4.4. Throws an OAuthRefusal. */
export async function issueToken(
  pool: Pool,
  tokens: AccessTokens,
  authorization: string | null,
  form: URLSearchParams,
): Promise<TokenAnswer> {
  refuseRepeated(form)
  const { id, secrets } = credentialsIn(authorization, form)
  const client = await findClient(pool, id.replaceAll('\0', '\uFFFD'))
  const right = await Promise.all(secrets.map((secret) => isSecret(secret, client?.secretHash ?? null)))
  if (client === null || !right.includes(true))
    throw new OAuthRefusal('invalid_client', 'The client id or the secret is wrong.')
  const grant = form.get('grant_type')
  if (grant === null) throw new OAuthRefusal('invalid_request', 'grant_type is missing; send client_credentials.')
  if (grant !== 'client_credentials') {
    throw new OAuthRefusal('unsupported_grant_type', 'Only the grant type client_credentials is supported.')
  }
  const scopes = narrowed(client.scopes, form.get('scope'))
  const token = await tokens.issue(client, scopes)
  return { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS, scope: scopes.join(' ') }
}

/** RFC 6749 §3.2: a parameter may not be there twice. */
function refuseRepeated(form: URLSearchParams): void {
  const repeated = ['grant_type', 'client_id', 'client_secret', 'scope'].find((name) => form.getAll(name).length > 1)
  if (repeated !== undefined) throw new OAuthRefusal('invalid_request', `${repeated} is there more than once.`)
}

/** The scopes asked for, in the client's spelling; all the client's when none is asked for. */
function narrowed(granted: readonly string[], asked: string | null): readonly string[] {
  const wanted = (asked ?? '').split(' ').filter((scope) => scope !== '')
  if (wanted.length === 0) return granted
  const scopes = wanted.map((scope) => granted.find((each) => each.toLowerCase() === scope.toLowerCase()))
  if (scopes.includes(undefined)) {
    throw new OAuthRefusal('invalid_scope', 'A scope asked for does not exist or is not given to this client.')
  }
  return [...new Set(scopes.filter((scope) => scope !== undefined))]
}
