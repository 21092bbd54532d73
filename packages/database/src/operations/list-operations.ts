import type { OperationState, OperationType } from '@muster/contracts'
import type { Pool } from 'pg'
import { OPERATIONS, type OperationRecord, type StoredOperation, toRecord } from './operation-record.ts'

/** By what operations are put in order; those that are equal in it by their number. */
export const OPERATION_SORTS = ['number', 'name', 'state', 'type', 'createdAt', 'endedAt'] as const

export type OperationSort = (typeof OPERATION_SORTS)[number]

/** Operations that meet all of it; null where it does not matter. */
export interface OperationFilter {
  readonly states: readonly OperationState[] | null
  readonly types: readonly OperationType[] | null
  /** A part of the name, whatever its case. No NUL. */
  readonly name: string | null
  /** Made then or later. */
  readonly createdFrom: Date | null
  /** Made then or earlier. */
  readonly createdTo: Date | null
  /** A token's subject. No NUL. */
  readonly createdBy: string | null
  readonly paused: boolean | null
  /** The operation whose rows they run again, a UUID. */
  readonly retryOf: string | null
}

/** An operation's place in an order. */
export interface OperationPlace {
  /** What is sorted by: text for name, state and type; a decimal number else, or `Infinity`. */
  readonly value: string
  /** The operation's number, decimal digits. */
  readonly number: string
}

export interface OperationListing {
  readonly filter: OperationFilter
  readonly sort: OperationSort
  readonly descending: boolean
  /** The page begins after this place; null begins with the first. */
  readonly after: OperationPlace | null
  /** Operations at most. */
  readonly limit: number
}

export interface OperationPage {
  readonly operations: readonly OperationRecord[]
  /** All that meet the filter, on whichever page. */
  readonly total: number
  /** The last one's place when others come after it, else null. */
  readonly last: OperationPlace | null
}

// None of them is ever null. What has not ended comes after all that has.
const SORTED_BY: Readonly<Record<OperationSort, { readonly value: string; readonly type: string }>> = {
  number: { value: 'o.number', type: 'bigint' },
  name: { value: 'lower(o.name) collate "C"', type: 'text' },
  state: { value: 'o.state', type: 'text' },
  type: { value: 'o.type', type: 'text' },
  createdAt: { value: 'extract(epoch from o.created_at)', type: 'numeric' },
  endedAt: { value: `extract(epoch from coalesce(o.ended_at, 'infinity'))`, type: 'numeric' },
}

// Clients see milliseconds, so that is what they compare.
const FILTERED = `
  from operations o
  where o.deleted_at is null and o.tenant_id = $1
    and ($2::text[] is null or o.state = any($2))
    and ($3::text[] is null or o.type = any($3))
    and ($4::text is null or strpos(lower(o.name), lower($4)) > 0)
    and ($5::timestamptz is null or date_trunc('milliseconds', o.created_at) >= $5)
    and ($6::timestamptz is null or date_trunc('milliseconds', o.created_at) <= $6)
    and ($7::text is null or o.created_by = $7)
    and ($8::boolean is null or o.paused = $8)
    and ($9::uuid is null or o.parent_number = (
      select parent.number from operations parent
      where parent.id = $9 and parent.tenant_id = $1 and parent.deleted_at is null
    ))`

const TOTAL = `select count(*) as total ${FILTERED}`

/**
 * A page of the tenant's operations. Pages that follow one another neither repeat nor miss one that
 * is there all the while, as long as what they are sorted by does not change.
 */
export async function listOperations(pool: Pool, tenantId: number, listing: OperationListing): Promise<OperationPage> {
  const { filter, after, limit } = listing
  const parameters = [
    tenantId,
    filter.states,
    filter.types,
    filter.name,
    filter.createdFrom,
    filter.createdTo,
    filter.createdBy,
    filter.paused,
    filter.retryOf,
  ]
  const [counted, { rows }] = await Promise.all([
    pool.query<{ total: string }>(TOTAL, parameters),
    pool.query<StoredOperation & { place: string }>(pageSql(listing), [
      ...parameters,
      after?.value ?? null,
      after?.number ?? null,
      limit + 1,
    ]),
  ])
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    operations: page.map(toRecord),
    total: Number(counted.rows[0]?.total ?? 0),
    last: last === undefined ? null : { value: last.place, number: last.number },
  }
}

/** The page is found first, so that lanes are added up for its operations alone. */
function pageSql({ sort, descending, after }: OperationListing): string {
  const { value, type } = SORTED_BY[sort]
  const direction = descending ? 'desc' : 'asc'
  const order = `${value} ${direction}, o.number ${direction}`
  const comparison = `(${value}, o.number) ${descending ? '<' : '>'} ($10::${type}, $11::bigint)`
  return `
    with page as (
      select o.number, (${value})::text as place, row_number() over (order by ${order}) as ordinal
      ${FILTERED} and ${after === null ? '($10::text is null and $11::text is null)' : comparison}
      order by ${order} limit $12
    )
    select listed.*, page.place
    from (${OPERATIONS} and o.number = any(array(select number from page))) listed
    join page on page.number = listed.number
    order by page.ordinal`
}
