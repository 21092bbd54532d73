import type { Permission } from '@muster/contracts'
import type { Services } from '../../services.ts'
import type { Answer, ApiRequest, Dialect, Method, Route } from '../route.ts'
import { createFactorConfig, listFactorConfigs } from './factor-configs.ts'
import { createGroup, listGroups } from './groups.ts'
import { createOperation, getFailedRows, getOperation } from './operations.ts'
import { problem } from './problem.ts'
import { getUser } from './users.ts'

interface NativeRoute {
  readonly method: Method
  readonly path: string
  readonly permission: Permission
  readonly handler: (services: Services, request: ApiRequest) => Promise<Answer>
}

const ROUTES: readonly NativeRoute[] = [
  { method: 'post', path: '/operations', permission: 'OPERATIONS:ADD', handler: createOperation },
  { method: 'get', path: '/operations/:id', permission: 'OPERATIONS:VIEW', handler: getOperation },
  { method: 'get', path: '/operations/:id/failed-rows', permission: 'OPERATIONS:VIEW', handler: getFailedRows },
  { method: 'get', path: '/users/:userId', permission: 'USERS:VIEW', handler: getUser },
  { method: 'get', path: '/factor-configs', permission: 'FACTORCONFIGS:VIEW', handler: listFactorConfigs },
  { method: 'post', path: '/factor-configs', permission: 'FACTORCONFIGS:ADD', handler: createFactorConfig },
  { method: 'get', path: '/groups', permission: 'GROUPS:VIEW', handler: listGroups },
  { method: 'post', path: '/groups', permission: 'GROUPS:ADD', handler: createGroup },
]

/** Muster's own API. A token's scopes are its permissions, letter for letter. */
export function nativeDialect(services: Services): Dialect {
  return {
    basePath: '/v1',
    schemes: ['Bearer'],
    routes: ROUTES.map(
      ({ handler, ...route }): Route => ({ ...route, handler: (request: ApiRequest) => handler(services, request) }),
    ),
    permits: (scopes, permission) => scopes.includes(permission),
    refuse: problem,
  }
}
