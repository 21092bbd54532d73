import { findOperation, type OperationRecord } from '@muster/database'
import { Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { ApiRequest } from '../../route.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The operation that the path names. Throws a Refusal when the caller's tenant has none of that id. */
export async function operationOf({ pool }: Services, request: ApiRequest): Promise<OperationRecord> {
  const operation = await findOperation(pool, request.caller.tenantId, operationIdOf(request))
  if (operation !== null) return operation
  throw noSuchOperation()
}

/** The UUID in the path. Throws a Refusal when it is none, so that there cannot be an operation of it. */
export function operationIdOf({ params }: Pick<ApiRequest, 'params'>): string {
  const id = params['id'] ?? ''
  if (UUID.test(id)) return id
  throw noSuchOperation()
}

export function noSuchOperation(): Refusal {
  return new Refusal('not-found', 'There is no operation of this id.')
}
