import type { Position, Source, Totals, Uncounted } from '@muster/engine/ports'
import type { Pool } from 'pg'
import { type TotalsRow, toTotals } from './end-operation.ts'

/** In `chunks`, what counting leaves is no lane's. */
const COUNTING = -1

interface UncountedRow {
  number: string
  id: string
  source: Source
  normalised_key: string | null
  /** Null when no worker ever took it up. */
  row_number: string | null
  line: string | null
  byte: string | null
}

const FIND = `
  select o.number, o.id, o.source, o.normalised_key, furthest.row_number, furthest.line, furthest.byte
  from operations o
  left join lateral (
    select row_number, line, byte from lanes where operation_number = o.number
    union all
    (select row_number, line, byte from chunks where operation_number = o.number order by row_number desc limit 1)
    order by row_number desc limit 1
  ) furthest on true
  where o.id = $1 and o.ended_at is not null and o.total is null and o.source is not null and o.deleted_at is null`

/** What is left to count of an operation that has ended; null when nothing is. `operationId` is a UUID. */
export async function findUncounted(pool: Pool, operationId: string): Promise<Uncounted | null> {
  const [row] = (await pool.query<UncountedRow>(FIND, [operationId])).rows
  if (row === undefined) return null
  return {
    number: BigInt(row.number),
    id: row.id,
    source: row.source,
    normalisedKey: row.normalised_key,
    from:
      row.row_number === null
        ? row.source.start
        : { row: Number(row.row_number), line: Number(row.line), byte: Number(row.byte) },
  }
}

/** Remembers how far the counting has come. */
export async function markCounted(pool: Pool, { number, from }: Uncounted, reached: Position): Promise<void> {
  await pool.query(
    `insert into chunks (operation_number, lane, tenant_id, row_number, line, byte, first_row)
    select number, ${COUNTING}, tenant_id, $2, $3, $4, $5 from operations
    where number = $1 and total is null and deleted_at is null
    on conflict do nothing`,
    [number, reached.row, reached.line, reached.byte, from.row + 1],
  )
}

/** Writes the total of an operation that has ended; null when it has one. */
export async function countOperation(pool: Pool, { number }: Uncounted, total: number): Promise<Totals | null> {
  const { rows } = await pool.query<TotalsRow>(
    `with counted as (
      update operations set total = $2 where number = $1 and total is null and ended_at is not null returning total
    )
    select total, o.* from counted, lateral (
      select coalesce(sum(succeeded), 0) as succeeded, coalesce(sum(unchanged), 0) as unchanged,
        coalesce(sum(failed), 0) as failed
      from lanes where operation_number = $1
    ) o`,
    [number, total],
  )
  return rows[0] === undefined ? null : toTotals(rows[0])
}
