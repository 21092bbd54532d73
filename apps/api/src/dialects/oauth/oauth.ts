import { z } from 'zod'
import type { AccessTokens } from '../../auth/access-tokens.ts'
import { OAuthRefusal } from '../../auth/client-credentials.ts'
import { issueToken } from '../../auth/issue-token.ts'
import type { Refusal, RefusalKind } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import { type Answer, type Dialect, json, type RouteDescription } from '../route.ts'

// RFC 6749 §5.1: neither tokens nor refusals are for caches.
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

const FORM = z.object({
  grant_type: z.literal('client_credentials'),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  scope: z.string().optional().describe("Scopes separated by spaces; all of the client's where it is left out."),
})

const TOKEN = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds.'),
    scope: z.string(),
  })
  .meta({ id: 'AccessToken' })

/** RFC 6749 §5.2. */
const ERROR = z.object({ error: z.string(), error_description: z.string() }).meta({ id: 'OAuthError' })

const TOKEN_ENDPOINT: RouteDescription = {
  summary: 'Get an access token',
  details: 'The client credentials grant (RFC 6749, 4.4). Id and secret come by HTTP Basic or in the form.',
  body: { 'application/x-www-form-urlencoded': FORM },
  answers: { 200: { description: 'An access token.', content: { 'application/json': TOKEN } } },
}

/** The token endpoint, in the words of RFC 6749. */
export function oauthDialect({ pool }: Pick<Services, 'pool'>, tokens: AccessTokens): Dialect {
  return {
    title: 'OAuth',
    description: 'Access tokens for the clients of this installation, in the words of RFC 6749.',
    basePath: '/oauth',
    schemes: [],
    routes: [
      {
        method: 'post',
        path: '/token',
        permission: null,
        description: TOKEN_ENDPOINT,
        handler: async (request) => {
          const form = await request.form()
          return json(200, await issueToken(pool, tokens, request.header('authorization'), form), NO_STORE)
        },
      },
    ],
    permits: () => false,
    refuse,
    errors: { 'application/json': ERROR },
  }
}

/** Codes for what is refused before the endpoint sees it; RFC 6749 has none of its own for them. */
const CODES: Partial<Record<RefusalKind, string>> = {
  internal: 'server_error',
  unavailable: 'temporarily_unavailable',
  'too-many-requests': 'temporarily_unavailable',
}

function refuse(refusal: Refusal): Answer {
  const code = refusal instanceof OAuthRefusal ? refusal.code : (CODES[refusal.kind] ?? 'invalid_request')
  // RFC 6749 §5.2 knows one status for a request that cannot be read.
  const status = refusal.kind === 'unsupported-media-type' ? 400 : refusal.status
  return json(status, { error: code, error_description: refusal.message }, NO_STORE)
}
