import type { OperationState, OperationType } from '@muster/contracts'
import type { Pool } from 'pg'
import { OVERVIEW, type OverviewOperation, type StoredOverview, toOverview } from './overview-operation.ts'

/** What one looks for in all tenants' operations; null where it does not matter. */
export interface OperationSearch {
  readonly state: OperationState | null
  /** True for those that are paused alone. */
  readonly paused: boolean
  readonly type: OperationType | null
  readonly tenantId: number | null
  readonly sought: Sought | null
  /** Nothing but operations with a lower number, decimal digits. */
  readonly before: string | null
  /** Operations at most. */
  readonly limit: number
}

/** What tells operations from others. */
export type Sought =
  /** A UUID. */
  | { readonly by: 'id'; readonly id: string }
  /** 1 to 18 decimal digits. */
  | { readonly by: 'number'; readonly number: string }
  /** Of the data, lower-case hexadecimal. */
  | { readonly by: 'sha256'; readonly sha256: string }
  /** A part of the name, whatever its case. No NUL. */
  | { readonly by: 'name'; readonly part: string }

export interface FoundOperations {
  /** Newest first. */
  readonly operations: readonly OverviewOperation[]
  /** What `before` the search goes on with; null when there is nothing more to look at. */
  readonly next: string | null
}

/** Names are looked at one by one: so many at a time. */
export const NAMES_AT_ONCE = 20_000

/**
 * Operations of all tenants, deleted ones left out. The time it takes is bounded: a search for a name looks at the
 * newest `NAMES_AT_ONCE` of those that meet the rest, so that it may find fewer than `limit`, or none, and yet be
 * worth going on with.
 */
export async function searchOperations(pool: Pool, search: OperationSearch): Promise<FoundOperations> {
  const { sql, values } = pageStatement(search)
  const page = (await pool.query<Page>(sql, values)).rows[0]
  const numbers = page?.numbers ?? []
  const shown = numbers.slice(0, search.limit)
  const { rows } = await pool.query<StoredOverview>(
    `${OVERVIEW} where o.number = any($1::bigint[]) and o.deleted_at is null order by o.number desc`,
    [shown],
  )
  const next = numbers.length > shown.length ? shown.at(-1) : page?.examined_to
  return { operations: rows.map(toOverview), next: next ?? null }
}

interface Page {
  /** One more than asked for, when there are more. */
  readonly numbers: readonly string[]
  /** The lowest number that was looked at, when there are more to look at. */
  readonly examined_to: string | null
}

/** Only the conditions that matter are in it, so that the plan fits them. */
function pageStatement({ state, paused, type, tenantId, sought, before, limit }: OperationSearch) {
  const values: (string | number)[] = []
  const parameter = (value: string | number) => `$${values.push(value)}`
  const conditions = ['deleted_at is null']
  if (state !== null) conditions.push(`state = ${parameter(state)}`)
  if (paused) conditions.push('paused')
  if (type !== null) conditions.push(`type = ${parameter(type)}`)
  if (tenantId !== null) conditions.push(`tenant_id = ${parameter(tenantId)}`)
  if (before !== null) conditions.push(`number < ${parameter(before)}`)
  if (sought !== null && sought.by !== 'name') conditions.push(soughtBy(sought, parameter))
  const isByName = sought?.by === 'name'
  const examined = parameter(isByName ? NAMES_AT_ONCE : limit + 1)
  const matches = isByName ? `strpos(lower(name), lower(${parameter(sought.part)})) > 0` : 'true'
  const sql = `
    with examined as materialized (
      select number, name from operations
      where ${conditions.join(' and ')}
      order by number desc limit ${examined}
    )
    select array(select number from examined where ${matches} order by number desc limit ${parameter(limit + 1)})::text[]
        as numbers,
      ${isByName ? `(select case when count(*) = ${examined} then min(number) end from examined)` : 'null'} as examined_to`
  return { sql, values }
}

function soughtBy(sought: Exclude<Sought, { by: 'name' }>, parameter: (value: string) => string): string {
  switch (sought.by) {
    case 'id':
      return `id = ${parameter(sought.id)}`
    case 'number':
      return `number = ${parameter(sought.number)}`
    case 'sha256':
      // By themselves, lest the planner looks for them from the newest operation on.
      return `number = any(array(select number from operations where source ->> 'sha256' = ${parameter(sought.sha256)}))`
  }
}
