import type { OperationType } from '@muster/contracts'
import type { PoolClient } from 'pg'

/** Data that an operation is about to have. */
export interface OfferedData {
  /** The operation's own: it is no duplicate of itself. */
  readonly operationId: string
  readonly tenantId: number
  readonly type: OperationType
  /** JSON. */
  readonly options: unknown
  /** Lower-case hexadecimal. */
  readonly sha256: string
  /** The request that creates the operation, which may have been sent before; null where there is none. */
  readonly request: { readonly createdBy: string; readonly key: string } | null
}

/** The tenant has an operation of this type, with these options and this data, already. */
export class DuplicateData extends Error {
  /** A UUID. */
  readonly earlierId: string
  constructor(earlierId: string) {
    super('an operation of the same type, options and data exists already')
    this.name = 'DuplicateData'
    this.earlierId = earlierId
  }
}

const EARLIER = `
  select o.id from operations o
  where o.tenant_id = $1 and o.source ->> 'sha256' = $2 and o.type = $3 and o.options = $4
    and o.created_at > now() - make_interval(hours => $5) and o.state <> 'CANCELLED' and o.parent_number is null
    and o.deleted_at is null and o.id <> $6 and (o.created_by = $7 and o.request_key = $8) is not true
  order by o.number limit 1`

/**
 * Throws `DuplicateData` when an operation of the last hours has the same data; cancelled ones and retries do not
 * count. Until the transaction's end, nobody else is let through with the same data: of two at once one is refused.
 */
export async function refuseDuplicate(client: PoolClient, data: OfferedData, hours: number): Promise<void> {
  const { operationId, tenantId, type, options, sha256, request } = data
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`duplicate ${tenantId} ${sha256}`])
  const parameters = [tenantId, sha256, type, JSON.stringify(options), hours, operationId]
  const { rows } = await client.query<{ id: string }>(EARLIER, [
    ...parameters,
    request?.createdBy ?? null,
    request?.key ?? null,
  ])
  if (rows[0] !== undefined) throw new DuplicateData(rows[0].id)
}
