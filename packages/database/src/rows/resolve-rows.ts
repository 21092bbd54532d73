import type { ChunkRecord, Claim } from '@muster/engine/ports'
import type { PoolClient } from 'pg'

// A row that failed, or that surely was not reached: beyond every lane's checkpoint. Muster's own file of rows to
// run again holds no others, and between the checkpoints only it can tell. The lookup of failed rows is lateral lest
// all of them be read for every chunk; in order, so that two retries of one operation cannot deadlock.
const RESOLVE = `
  with parent as (
    select number, tenant_id, total,
      coalesce((select max(row_number) from lanes where operation_number = number), 0) as furthest
    from operations where number = $1 and deleted_at is null
  ), resolved as (
    insert into resolved_rows (operation_number, row_number, tenant_id, child_number)
    select parent.number, origin, parent.tenant_id, $2
    from parent cross join unnest($3::bigint[]) as origin
    left join lateral (
      select true as failed from failed_rows
      where not $4 and operation_number = parent.number and row_number = origin limit 1
    ) failed_row on true
    where $4 or failed or (origin > furthest and origin <= total)
    order by origin
    on conflict do nothing
    returning 1
  )
  select count(*)::int as resolved from resolved`

/**
 * Marks the parent's rows that a chunk has brought through as resolved, in the chunk's transaction: how many were not
 * before, which is what the lane's counter grows by. Rows that neither failed nor are unprocessed there are left alone.
 */
export async function resolveRows(
  client: PoolClient,
  claim: Pick<Claim, 'number' | 'parentNumber' | 'source'>,
  { origins }: Pick<ChunkRecord, 'origins'>,
): Promise<number> {
  if (claim.parentNumber === null || origins.length === 0) return 0
  const values = [claim.parentNumber, claim.number, origins, claim.source.isRetry === true]
  const { rows } = await client.query<{ resolved: number }>(RESOLVE, values)
  return rows[0]?.resolved ?? 0
}
