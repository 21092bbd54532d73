import type { AccessTokens } from '../../../auth/access-tokens.ts'
import type { Services } from '../../../services.ts'
import type { Dialect } from '../../route.ts'
import { authenticate, SIGN_IN } from './authenticate.ts'
import { SIGN_IN_ERROR, signInRefusal } from './errors.ts'

/** Where programs of the Entrust dialect get their tokens. Its errors have a shape of their own, so that it is a dialect apart. */
export function entrustSignInDialect(services: Pick<Services, 'pool'>, tokens: AccessTokens): Dialect {
  return {
    title: 'Entrust sign-in',
    description: 'Access tokens for programs that speak the Entrust dialect.',
    basePath: '/api/web/v1/adminapi',
    schemes: [],
    routes: [
      {
        method: 'post',
        path: '/authenticate',
        permission: null,
        description: SIGN_IN,
        handler: (request) => authenticate(services, tokens, request),
      },
    ],
    permits: () => false,
    refuse: signInRefusal,
    errors: { 'application/json': SIGN_IN_ERROR },
  }
}
