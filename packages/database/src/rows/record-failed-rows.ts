import type { Claim, FailedRow } from '@muster/engine/ports'
import type { PoolClient } from 'pg'

// Grouped here, not when they are asked for: that would read millions of failed rows again and again. Each lane has
// groups of its own, so that lanes never wait for each other. A lane's rows come in their order, those of the outbox
// in any.
const INSERT = `
  with failed as (
    insert into failed_rows (operation_number, tenant_id, row_number, ordinal, line, code, column_name, params)
    select $1, $2, * from unnest($3::bigint[], $4::smallint[], $5::bigint[], $6::text[], $7::text[], $8::jsonb[])
    returning row_number, code, column_name
  )
  insert into error_groups (operation_number, tenant_id, lane, code, column_name, rows, first_rows)
  select $1, $2, $9, code, column_name, count(distinct row_number),
    (array_agg(distinct row_number order by row_number))[1:10]
  from failed group by code, column_name
  on conflict (operation_number, lane, code, column_name) do update set
    rows = error_groups.rows + excluded.rows,
    first_rows = (
      select array_agg(row_number order by row_number) from (
        select unnest(error_groups.first_rows || excluded.first_rows) as row_number order by 1 limit 10
      ) first
    )`

/**
 * Writes failed rows, and how often each mistake was made.
 *
 * @param failed of one lane, in row order, none of them written before
 */
export async function recordFailedRows(
  client: PoolClient,
  claim: Pick<Claim, 'number' | 'tenantId'>,
  lane: number,
  failed: readonly FailedRow[],
): Promise<void> {
  await client.query(INSERT, [
    claim.number,
    claim.tenantId,
    failed.map(({ row }) => row),
    ordinals(failed),
    failed.map(({ line }) => line),
    failed.map(({ code }) => code),
    failed.map(({ column }) => column),
    failed.map(({ params }) => (params === undefined ? null : JSON.stringify(params))),
    lane,
  ])
}

/** Numbers a row's mistakes from 0. */
function ordinals(failed: readonly FailedRow[]): number[] {
  const numbers: number[] = []
  for (const [index, { row }] of failed.entries()) {
    numbers.push(failed[index - 1]?.row === row ? (numbers[index - 1] ?? 0) + 1 : 0)
  }
  return numbers
}
