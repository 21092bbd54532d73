import type { EntrustRoute } from '../entrust-route.ts'
import { cancelOperation } from './cancel-operation.ts'
import { downloadLog } from './download-log.ts'
import { getOperation } from './get-operation.ts'
import { KINDS, type Kind } from './kind.ts'
import { listOperations } from './list-operations.ts'
import { printEnrollments } from './print-enrollments.ts'
import { sendPasses } from './send-passes.ts'
import { sendPassesByKeys } from './send-passes-by-keys.ts'

/** What every kind of operation has, once it was created. */
function routesOf(kind: Kind): readonly EntrustRoute[] {
  const { resource } = KINDS[kind]
  const log = downloadLog(kind)
  return [
    { method: 'get', path: `/v1/${resource}`, permission: 'ISSUANCE:VIEW', endpoint: listOperations(kind) },
    { method: 'get', path: `/v1/${resource}/:id`, permission: 'ISSUANCE:VIEW', endpoint: getOperation(kind) },
    {
      method: 'delete',
      path: `/v1/${resource}/cancel/:id`,
      permission: 'ISSUANCE:REMOVE',
      endpoint: cancelOperation(kind),
    },
    { method: 'get', path: `/v1/${resource}/download/logs/:id`, permission: 'ISSUANCE:VIEW', endpoint: log },
    { method: 'get', path: `/v2/${resource}/download/logs/:id`, permission: 'ISSUANCE:VIEW', endpoint: log },
  ]
}

/** Bulk operations: sending mobile flash passes, and printing. */
export const OPERATION_ROUTES: readonly EntrustRoute[] = [
  { method: 'post', path: '/v2/mobileFlashPass', permission: 'ISSUANCE:ADD', endpoint: sendPasses },
  { method: 'post', path: '/v1/mobileFlashPass', permission: 'ISSUANCE:ADD', endpoint: sendPassesByKeys },
  ...routesOf('SEND_MFP'),
  { method: 'post', path: '/v2/print', permission: 'ISSUANCE:ADD', endpoint: printEnrollments },
  ...routesOf('PRINT_ENROLLMENTS'),
]
