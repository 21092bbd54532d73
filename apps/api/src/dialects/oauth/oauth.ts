import type { AccessTokens } from '../../auth/access-tokens.ts'
import { OAuthRefusal } from '../../auth/client-credentials.ts'
import { issueToken } from '../../auth/issue-token.ts'
import type { Refusal, RefusalKind } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import { type Answer, type Dialect, json } from '../route.ts'

// RFC 6749 §5.1: neither tokens nor refusals are for caches.
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

/** The token endpoint, in the words of RFC 6749. */
export function oauthDialect({ pool }: Pick<Services, 'pool'>, tokens: AccessTokens): Dialect {
  return {
    basePath: '/oauth',
    schemes: [],
    routes: [
      {
        method: 'post',
        path: '/token',
        permission: null,
        handler: async (request) => {
          const form = await request.form()
          return json(200, await issueToken(pool, tokens, request.header('authorization'), form), NO_STORE)
        },
      },
    ],
    permits: () => false,
    refuse,
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
