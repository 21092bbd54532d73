import { createIdsOperation, type IdsRequest } from '../../../operations/create-operation.ts'
import type { Services } from '../../../services.ts'
import type { Endpoint } from '../../endpoint.ts'
import { readIdempotencyKey } from '../../idempotency/idempotency-key.ts'
import { DUPLICATE } from '../../native/operations/duplicate-query.ts'
import { type Answer, type ApiRequest, json } from '../../route.ts'
import { BULK_OPERATION, bulkOperation } from './bulk-operation.ts'

/** What the endpoints that create an operation have in common. */
export const CREATION = {
  details: 'Each entry becomes a row; one that names no enrollment fails alone. A body has 204,800 bytes at most.',
  query: DUPLICATE,
  answers: { 200: { description: 'The operation.', content: { 'application/json': BULK_OPERATION } } },
} as const satisfies Partial<Endpoint>

/** Creates the operation that a request asks for. Throws a Refusal. */
export async function createBulkOperation(
  services: Services,
  request: ApiRequest,
  asked: Pick<IdsRequest, 'type' | 'options' | 'ids'>,
): Promise<Answer> {
  const { caller, query } = request
  const requestKey = readIdempotencyKey(request.header('idempotency-key'))
  const allowsDuplicate = query.get('duplicate') === 'allow'
  const operation = await createIdsOperation(services, { ...asked, caller, name: null, allowsDuplicate, requestKey })
  return json(200, bulkOperation(operation))
}
