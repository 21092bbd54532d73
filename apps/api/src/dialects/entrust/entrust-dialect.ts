import type { Services } from '../../services.ts'
import { idempotent } from '../idempotency/idempotent.ts'
import type { ApiRequest, Dialect, Route } from '../route.ts'
import { ENROLLMENT_ROUTES } from './enrollments/enrollment-routes.ts'
import type { EntrustRoute } from './entrust-route.ts'
import { ENTRUST_ERROR, entrustRefusal } from './errors.ts'
import { OPERATION_ROUTES } from './operations/operation-routes.ts'
import { permits } from './permissions.ts'
import { readCredentials } from './read-credentials.ts'
import { WALLET_ROUTES } from './wallets/wallet-routes.ts'

// Those of one concept after another; a path without parameters goes before one that it fits.
const ROUTES: readonly EntrustRoute[] = [...ENROLLMENT_ROUTES, ...OPERATION_ROUTES, ...WALLET_ROUTES]

/** The Issuance API in the words of Entrust Identity as a Service's. */
export function entrustDialect(services: Services): Dialect {
  return {
    title: 'Entrust',
    description:
      "Mobile flash passes, printing and enrollments in the words of Entrust Identity as a Service's Issuance API. The header `Authorization` has a token alone, `Bearer <token>`, or `<applicationId>,<sharedSecret>`.",
    basePath: '/api/web',
    schemes: ['Bearer'],
    readCredentials,
    routes: ROUTES.map(({ endpoint, ...route }): Route => {
      const { handler, ...description } = isCreation(route) ? idempotent(endpoint, entrustRefusal) : endpoint
      return { ...route, description, handler: (request: ApiRequest) => handler(services, request) }
    }),
    permits,
    refuse: entrustRefusal,
    errors: { 'application/json': ENTRUST_ERROR },
  }
}

/** Some reading is done by POST as well; its answers are not to be kept. */
function isCreation({ method, permission }: Pick<EntrustRoute, 'method' | 'permission'>): boolean {
  return method === 'post' && permission.endsWith(':ADD')
}
