import type { RowCode, RowParams } from '@muster/contracts'
import { type Applied, type Claim, RowsRefused, type Statement } from '@muster/engine/ports'
import { DatabaseError, type PoolClient } from 'pg'
import { arrayLiteral } from './array-literal.ts'

const NONE: readonly number[] = []

interface AppliedRow {
  succeeded: number
  unchanged: readonly number[] | null
  failures: readonly [number, RowCode, string | null, RowParams | null][]
  deferred: readonly [number, string][] | null
}

/**
 * Runs an operation type's statement over a chunk. The rows travel as one array a column: measured
 * on two cores, 52,000 rows/s against 46,000 by COPY into a temporary table and 31,000 as JSON.
 *
 * Throws `RowsRefused` when the database does not take a value.
 */
export async function applyChunk(client: PoolClient, claim: Claim, statement: Statement): Promise<Applied> {
  const filled = statement.values.flatMap((column) => (column === null ? [] : [arrayLiteral(column)]))
  const values = [claim.tenantId, claim.number, statement.rowNumbers, statement.refused, ...filled]
  try {
    const { rows } = await client.query<AppliedRow>(textOf(statement), values)
    const [row] = rows
    if (row === undefined) throw new Error('the statement of an operation answers exactly one row')
    const failures = row.failures.map(([number, code, column, params]) => ({
      row: number,
      code,
      column,
      params: params ?? undefined,
    }))
    const deferred = (row.deferred ?? []).map(([number, subject]) => ({ row: number, subject }))
    return { succeeded: row.succeeded, unchanged: row.unchanged ?? NONE, failures, deferred }
  } catch (error) {
    throw error instanceof DatabaseError && isRefusal(error.code) ? new RowsRefused(error.code) : error
  }
}

/** Columns that are empty in every row are constants of the statement. */
function textOf({ columns, values, sql, isDeferred }: Statement): string {
  const filled = columns.filter((_, index) => values[index] !== null)
  const empty = columns.filter((_, index) => values[index] === null)
  const names = ['row_number', 'refused', ...filled.map((column) => column.name)]
  const arrays = ['$3::bigint[]', '$4::boolean[]', ...filled.map(({ type }, index) => `$${index + 5}::${type}[]`)]
  const nulls = empty.map(({ name, type }) => `, null::${type} as ${name}`).join('')
  return `with input as (select *${nulls} from unnest(${arrays.join(', ')}) as rows (${names.join(', ')})),
${sql}
select
  (select count(*) from succeeded)::int as succeeded,
  (select json_agg(row_number) from unchanged) as unchanged,
  (select coalesce(json_agg(json_build_array(row_number, code, column_name, params) order by row_number, code), '[]')
    from mistakes) as failures,
  ${isDeferred ? '(select json_agg(json_build_array(row_number, subject_id::text)) from deferred)' : 'null'} as deferred`
}

/** Data exception, integrity constraint violation, program limit exceeded. */
function isRefusal(code: string | undefined): code is string {
  return code !== undefined && /^(22|23|54)/.test(code)
}
