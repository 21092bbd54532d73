import type { Counts, Delivering, Settlement, Source } from '@muster/engine/ports'
import type { PoolClient } from 'pg'
import { recordFailedRows } from '../rows/record-failed-rows.ts'
import { resolveRows } from '../rows/resolve-rows.ts'

/** Messages that are over, and which of their rows failed. */
export interface Over {
  /** SQL: which of the operation's unsettled messages `o`. `$1` is the operation's number, `$2` the failed rows. */
  readonly where: string
  /** From `$3` on. */
  readonly values: readonly unknown[]
  /** What is wrong with the row. Null: with none but those that `failed` names. */
  readonly mistakeOf: (row: number) => NonNullable<Settlement['mistake']> | undefined
  /** Null: all of them. */
  readonly failed: readonly number[] | null
}

interface SettledLane {
  lane: number
  succeeded: number
  failed: readonly { row: number; line: number }[] | null
  origins: readonly number[] | null
}

const settleSql = (where: string): string => `
  with settled as (
    update outbox o set settled_at = clock_timestamp(), held_by = null
    where operation_number = $1 and settled_at is null and ${where}
    returning row_number, lane, line, origin, $2::bigint[] is null or row_number = any($2) as failed
  )
  select lane, (count(*) filter (where not failed))::int as succeeded,
    json_agg(json_build_object('row', row_number, 'line', line) order by row_number) filter (where failed) as failed,
    json_agg(origin order by origin) filter (where not failed and origin is not null) as origins
  from settled group by lane order by lane`

const COUNT = `
  update lanes set succeeded = lanes.succeeded + e.succeeded, failed = lanes.failed + e.failed,
    first_failed_row = least(lanes.first_failed_row, e.first_failed_row), resolved = lanes.resolved + e.resolved,
    changed_at = now()
  from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
    as e (lane, succeeded, failed, first_failed_row, resolved)
  where lanes.operation_number = $1 and lanes.lane = e.lane`

/** Settles messages: their rows have outcomes, and are counted, in the caller's transaction. */
export async function settleRows(client: PoolClient, operation: Delivering, over: Over): Promise<Counts> {
  const { number } = operation
  const { rows: lanes } = await client.query<SettledLane>(settleSql(over.where), [number, over.failed, ...over.values])
  if (lanes.length === 0) return { succeeded: 0, unchanged: 0, failed: 0 }
  const resolved: number[] = []
  // A lane or a few: see `RowOperation.isOrdered`.
  for (const { lane, failed, origins } of lanes) {
    await recordFailures(client, operation, lane, failed ?? [], over)
    resolved.push(await resolve(client, operation, origins ?? []))
  }
  const failedIn = ({ failed }: SettledLane) => failed?.length ?? 0
  await client.query(COUNT, [
    number,
    lanes.map(({ lane }) => lane),
    lanes.map(({ succeeded }) => succeeded),
    lanes.map(failedIn),
    lanes.map(({ failed }) => failed?.[0]?.row ?? null),
    resolved,
  ])
  return {
    succeeded: lanes.reduce((sum, { succeeded }) => sum + succeeded, 0),
    unchanged: 0,
    failed: lanes.reduce((sum, lane) => sum + failedIn(lane), 0),
  }
}

async function recordFailures(
  client: PoolClient,
  operation: Delivering,
  lane: number,
  failed: NonNullable<SettledLane['failed']>,
  { mistakeOf }: Over,
): Promise<void> {
  const rows = failed.map(({ row, line }) => {
    const mistake = mistakeOf(row)
    if (mistake === undefined) throw new Error('a row failed for no reason')
    return { row, line, column: null, ...mistake }
  })
  if (rows.length > 0) await recordFailedRows(client, operation, lane, rows)
}

/** Rows of the parent operation that these have brought through. */
async function resolve(client: PoolClient, { number }: Delivering, origins: readonly number[]): Promise<number> {
  if (origins.length === 0) return 0
  const { rows } = await client.query<{ parent_number: string | null; source: Source }>(
    'select parent_number, source from operations where number = $1',
    [number],
  )
  const [row] = rows
  if (row === undefined || row.parent_number === null) return 0
  return resolveRows(client, { number, parentNumber: BigInt(row.parent_number), source: row.source }, { origins })
}
