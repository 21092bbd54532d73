import type { Permission } from '@muster/contracts'
import type { Services } from '../../services.ts'
import type { Endpoint } from '../endpoint.ts'
import { idempotent } from '../idempotency/idempotent.ts'
import type { ApiRequest, Dialect, Method, Route } from '../route.ts'
import { createEnrollmentDesign, listEnrollmentDesigns } from './enrollment-designs.ts'
import { createFactorConfig, listFactorConfigs } from './factor-configs.ts'
import { createGroup, listGroups } from './groups.ts'
import { getOperationType } from './operation-types/get-operation-type.ts'
import { getSample } from './operation-types/get-sample.ts'
import { listOperationTypes } from './operation-types/list-operation-types.ts'
import { cancelOperation } from './operations/cancel-operation.ts'
import { createOperation } from './operations/create-operation.ts'
import { deleteOperation } from './operations/delete-operation.ts'
import { getEvents } from './operations/events.ts'
import { getFailedRows } from './operations/failed-rows.ts'
import { getErrors } from './operations/get-errors.ts'
import { getHistory } from './operations/get-history.ts'
import { getOperation } from './operations/get-operation.ts'
import { getReconciliation } from './operations/get-reconciliation.ts'
import { getResult } from './operations/get-result.ts'
import { getRow } from './operations/get-row.ts'
import { listOperations } from './operations/list-operations.ts'
import { pauseOperation } from './operations/pause-operation.ts'
import { putData } from './operations/put-data.ts'
import { resumeOperation } from './operations/resume-operation.ts'
import { retryOperation } from './operations/retry-operation.ts'
import { startOperation } from './operations/start-operation.ts'
import { createPrinter } from './printers/create-printer.ts'
import { deletePrinter } from './printers/delete-printer.ts'
import { getPrinter } from './printers/get-printer.ts'
import { listPrinters } from './printers/list-printers.ts'
import { putPrinter } from './printers/put-printer.ts'
import { PROBLEM, problem } from './problem.ts'
import { getUser } from './users.ts'

interface NativeRoute {
  readonly method: Method
  readonly path: string
  readonly permission: Permission
  readonly endpoint: Endpoint
}

const ROUTES: readonly NativeRoute[] = [
  { method: 'post', path: '/operations', permission: 'OPERATIONS:ADD', endpoint: createOperation },
  { method: 'get', path: '/operations', permission: 'OPERATIONS:VIEW', endpoint: listOperations },
  { method: 'get', path: '/operations/:id', permission: 'OPERATIONS:VIEW', endpoint: getOperation },
  { method: 'delete', path: '/operations/:id', permission: 'OPERATIONS:DELETE', endpoint: deleteOperation },
  { method: 'put', path: '/operations/:id/data', permission: 'OPERATIONS:ADD', endpoint: putData },
  { method: 'post', path: '/operations/:id/start', permission: 'OPERATIONS:ADD', endpoint: startOperation },
  { method: 'post', path: '/operations/:id/cancel', permission: 'OPERATIONS:EDIT', endpoint: cancelOperation },
  { method: 'post', path: '/operations/:id/pause', permission: 'OPERATIONS:EDIT', endpoint: pauseOperation },
  { method: 'post', path: '/operations/:id/resume', permission: 'OPERATIONS:EDIT', endpoint: resumeOperation },
  { method: 'post', path: '/operations/:id/retry', permission: 'OPERATIONS:ADD', endpoint: retryOperation },
  { method: 'get', path: '/operations/:id/events', permission: 'OPERATIONS:VIEW', endpoint: getEvents },
  { method: 'get', path: '/operations/:id/history', permission: 'OPERATIONS:VIEW', endpoint: getHistory },
  { method: 'get', path: '/operations/:id/failed-rows', permission: 'OPERATIONS:VIEW', endpoint: getFailedRows },
  { method: 'get', path: '/operations/:id/errors', permission: 'OPERATIONS:VIEW', endpoint: getErrors },
  { method: 'get', path: '/operations/:id/reconciliation', permission: 'OPERATIONS:VIEW', endpoint: getReconciliation },
  { method: 'get', path: '/operations/:id/result', permission: 'OPERATIONS:VIEW', endpoint: getResult },
  { method: 'get', path: '/operations/:id/rows/:row', permission: 'OPERATIONS:VIEW', endpoint: getRow },
  { method: 'get', path: '/operation-types', permission: 'OPERATIONS:VIEW', endpoint: listOperationTypes },
  { method: 'get', path: '/operation-types/:type', permission: 'OPERATIONS:VIEW', endpoint: getOperationType },
  { method: 'get', path: '/operation-types/:type/sample', permission: 'OPERATIONS:VIEW', endpoint: getSample },
  { method: 'get', path: '/users/:userId', permission: 'USERS:VIEW', endpoint: getUser },
  { method: 'get', path: '/factor-configs', permission: 'FACTORCONFIGS:VIEW', endpoint: listFactorConfigs },
  { method: 'post', path: '/factor-configs', permission: 'FACTORCONFIGS:ADD', endpoint: createFactorConfig },
  { method: 'get', path: '/printers', permission: 'PRINTERS:VIEW', endpoint: listPrinters },
  { method: 'post', path: '/printers', permission: 'PRINTERS:ADD', endpoint: createPrinter },
  { method: 'get', path: '/printers/:id', permission: 'PRINTERS:VIEW', endpoint: getPrinter },
  { method: 'put', path: '/printers/:id', permission: 'PRINTERS:EDIT', endpoint: putPrinter },
  { method: 'delete', path: '/printers/:id', permission: 'PRINTERS:DELETE', endpoint: deletePrinter },
  { method: 'get', path: '/groups', permission: 'GROUPS:VIEW', endpoint: listGroups },
  { method: 'post', path: '/groups', permission: 'GROUPS:ADD', endpoint: createGroup },
  {
    method: 'get',
    path: '/enrollment-designs',
    permission: 'ENROLLMENTDESIGNS:VIEW',
    endpoint: listEnrollmentDesigns,
  },
  {
    method: 'post',
    path: '/enrollment-designs',
    permission: 'ENROLLMENTDESIGNS:ADD',
    endpoint: createEnrollmentDesign,
  },
]

/** Muster's own API. A token's scopes are its permissions, letter for letter. */
export function nativeDialect(services: Services): Dialect {
  return {
    title: 'Muster',
    description: "Muster's own API. A token's scopes are its permissions, letter for letter.",
    basePath: '/v1',
    schemes: ['Bearer'],
    routes: ROUTES.map(({ endpoint, ...route }): Route => {
      const { handler, ...description } = route.method === 'post' ? idempotent(endpoint, problem) : endpoint
      return { ...route, description, handler: (request: ApiRequest) => handler(services, request) }
    }),
    permits: (scopes, permission) => scopes.includes(permission),
    refuse: problem,
    errors: { 'application/problem+json': PROBLEM },
  }
}
