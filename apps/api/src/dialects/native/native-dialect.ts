import type { Permission } from '@muster/contracts'
import type { Services } from '../../services.ts'
import type { ApiRequest, Dialect, Method, Route } from '../route.ts'
import type { Endpoint } from './endpoint.ts'
import { createFactorConfig, listFactorConfigs } from './factor-configs.ts'
import { createGroup, listGroups } from './groups.ts'
import { createOperation } from './operations/create-operation.ts'
import { getFailedRows } from './operations/failed-rows.ts'
import { getOperation } from './operations/get-operation.ts'
import { problem } from './problem.ts'
import { getUser } from './users.ts'

interface NativeRoute {
  readonly method: Method
  readonly path: string
  readonly permission: Permission
  readonly endpoint: Endpoint
}

const ROUTES: readonly NativeRoute[] = [
  { method: 'post', path: '/operations', permission: 'OPERATIONS:ADD', endpoint: createOperation },
  { method: 'get', path: '/operations/:id', permission: 'OPERATIONS:VIEW', endpoint: getOperation },
  { method: 'get', path: '/operations/:id/failed-rows', permission: 'OPERATIONS:VIEW', endpoint: getFailedRows },
  { method: 'get', path: '/users/:userId', permission: 'USERS:VIEW', endpoint: getUser },
  { method: 'get', path: '/factor-configs', permission: 'FACTORCONFIGS:VIEW', endpoint: listFactorConfigs },
  { method: 'post', path: '/factor-configs', permission: 'FACTORCONFIGS:ADD', endpoint: createFactorConfig },
  { method: 'get', path: '/groups', permission: 'GROUPS:VIEW', endpoint: listGroups },
  { method: 'post', path: '/groups', permission: 'GROUPS:ADD', endpoint: createGroup },
]

/** Muster's own API. A token's scopes are its permissions, letter for letter. */
export function nativeDialect(services: Services): Dialect {
  return {
    basePath: '/v1',
    schemes: ['Bearer'],
    routes: ROUTES.map(({ endpoint, ...route }): Route => {
      const { handler, ...description } = endpoint
      return { ...route, description, handler: (request: ApiRequest) => handler(services, request) }
    }),
    permits: (scopes, permission) => scopes.includes(permission),
    refuse: problem,
  }
}
