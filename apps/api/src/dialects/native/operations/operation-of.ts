import { findOperation, type OperationRecord } from '@muster/database'
import { Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { ApiRequest } from '../../route.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The operation that the path names. Throws a Refusal when the caller's tenant has none of that id. */
export async function operationOf({ pool }: Services, { params, caller }: ApiRequest): Promise<OperationRecord> {
  const id = params['id'] ?? ''
  const operation = UUID.test(id) ? await findOperation(pool, caller.tenantId, id) : null
  if (operation !== null) return operation
  throw noSuchOperation()
}

export function noSuchOperation(): Refusal {
  return new Refusal('not-found', 'There is no operation of this id.')
}
