import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { BULK_OPERATION, bulkOperation } from './bulk-operation.ts'
import type { Kind } from './kind.ts'
import { operationOfKind } from './operation-of-kind.ts'

/** `GET /v1/mobileFlashPass/{id}`, `GET /v1/print/{id}`. */
export function getOperation(kind: Kind): Endpoint {
  return {
    summary: 'Get an operation',
    answers: { 200: { description: 'How it stands.', content: { 'application/json': BULK_OPERATION } } },
    handler: async (services, request) => json(200, bulkOperation(await operationOfKind(kind, services, request))),
  }
}
