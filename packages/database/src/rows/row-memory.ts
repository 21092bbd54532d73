import type { RowCode, RowParams } from '@muster/contracts'
import type { RowMemory } from '@muster/engine/ports'
import type { Pool } from 'pg'

// A chunk has at most this many rows.
const CHUNK_ROWS = 10_000

// Of all chunks that a row is within, only its own lane's has its bit. Marks of counting are no lane's.
const READ = `
  select
    array(select row_number::float8 from lanes where operation_number = $1 order by lane) as checkpoints,
    exists (select from chunks where operation_number = $1 and row_number >= $2 and lane >= 0) as "isMarked",
    (
      select json_build_object('row', row_number, 'line', line, 'byte', byte) from chunks
      where operation_number = $1 and row_number < $2 and lane >= 0
      order by row_number desc limit 1
    ) as before,
    exists (
      select from chunks
      where operation_number = $1 and row_number >= $2 and row_number < $2 + ${CHUNK_ROWS}
        and case when $2 - first_row between 0 and length(unchanged) * 8 - 1
          then get_bit(unchanged, $2 - first_row) = 1 else false end
    ) as unchanged,
    exists (
      select from outbox where operation_number = $1 and row_number = $2 and settled_at is null
    ) as "isInOutbox",
    (
      select coalesce(json_agg(json_build_object('row', row_number, 'line', line, 'code', code, 'column', column_name,
        'params', params) order by ordinal), '[]')
      from failed_rows where operation_number = $1 and row_number = $2
    ) as failures`

interface Stored extends Omit<RowMemory, 'failures'> {
  failures: readonly { row: number; line: number; code: RowCode; column: string | null; params: RowParams | null }[]
}

/**
 * What is remembered of an operation's row.
 *
 * @param row from 1 to 2^53 - 1
 */
export async function readRowMemory(pool: Pool, operationNumber: bigint, row: number): Promise<RowMemory> {
  const [stored] = (await pool.query<Stored>(READ, [operationNumber, row])).rows
  if (stored === undefined) throw new Error('a select without a from clause answers one row')
  return { ...stored, failures: stored.failures.map((each) => ({ ...each, params: each.params ?? undefined })) }
}
