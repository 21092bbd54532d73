import type { Pool } from 'pg'
import type { NewOperation } from './insert-operation.ts'
import type { OperationRecord } from './operation-record.ts'
import { findOperation } from './operations.ts'

/** An operation was created with this request key that is not what is asked for now, or is there no more. */
export class RequestKeyReused extends Error {
  constructor() {
    super('the request key was used for another operation')
    this.name = 'RequestKeyReused'
  }
}

// The encoding and the delimiter, where they came with the data, are not compared: they are of no use without it.
const FIND = `
  select o.id, o.deleted_at is null and o.type = $4 and o.name = $5 and o.options = $6
    and o.declared is not distinct from $7 and o.starts_by_itself = $8
    and o.max_failed_rows is not distinct from $9 and o.max_failed_ratio is not distinct from $10
    and (o.declared is not null or o.source ->> 'sha256' is not distinct from $11)
    and o.parent_number is not distinct from $12 as same
  from operations o
  where o.tenant_id = $1 and o.created_by = $2 and o.request_key = $3`

/**
 * The operation that was created with this one's request key, when all that was asked for is the same; null when there
 * is none. Throws `RequestKeyReused` when it is another.
 */
export async function findByRequestKey(pool: Pool, asked: NewOperation): Promise<OperationRecord | null> {
  const { requestKey = null, declared, source, policy, startsByItself = true } = asked
  if (requestKey === null) return null
  const { rows } = await pool.query<{ id: string; same: boolean }>(FIND, [
    asked.tenantId,
    asked.createdBy,
    requestKey,
    asked.type,
    asked.name,
    JSON.stringify(asked.options),
    declared === undefined ? null : JSON.stringify(declared),
    startsByItself,
    policy?.maxFailedRows ?? null,
    policy?.maxFailedRatio ?? null,
    source?.sha256 ?? null,
    asked.parentNumber ?? null,
  ])
  const [found] = rows
  if (found === undefined) return null
  if (!found.same) throw new RequestKeyReused()
  return findOperation(pool, asked.tenantId, found.id)
}
