import { findOperation, type OperationRecord } from '@muster/database'
import { Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { ApiRequest } from '../../route.ts'
import { KINDS, type Kind } from './kind.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The operation that the path names. Throws a Refusal when the caller's tenant has none of that id and kind. */
export async function operationOfKind(kind: Kind, { pool }: Services, request: ApiRequest): Promise<OperationRecord> {
  const id = request.params['id'] ?? ''
  const operation = UUID.test(id) ? await findOperation(pool, request.caller.tenantId, id) : null
  if (operation?.type === kind) return operation
  throw noSuchOperation(kind)
}

export function noSuchOperation(kind: Kind): Refusal {
  return new Refusal('not-found', `Among the ${KINDS[kind].title} there is none of this id.`, {
    members: { target: 'id' },
  })
}
