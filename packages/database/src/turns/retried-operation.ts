import type { Claim, Parent, ParentRows, Source } from '@muster/engine/ports'
import type { Pool } from 'pg'

interface ParentRow {
  source: Source
  normalised_key: string | null
  checkpoints: number[]
}

/** The operation whose rows the claim's runs again; null when it is no retry, or the other was removed. */
export async function findParent(pool: Pool, claim: Claim): Promise<Parent | null> {
  const { rows } = await pool.query<ParentRow>(
    `select source, normalised_key,
      coalesce((select json_agg(row_number order by lane) from lanes where operation_number = number), '[]') as checkpoints
    from operations where number = $1 and deleted_at is null`,
    [claim.parentNumber],
  )
  const [row] = rows
  return row === undefined
    ? null
    : { source: row.source, normalisedKey: row.normalised_key, checkpoints: row.checkpoints }
}

/**
 * Which of the parent's rows from `first` to `last` failed, or came no further than the outbox, and which of them all
 * were brought through since. What is carried out at this moment is none of them.
 */
export async function findParentRows(pool: Pool, claim: Claim, first: number, last: number): Promise<ParentRows> {
  const { rows } = await pool.query<{ failed: string[]; resolved: string[] }>(
    `select
      array(
        select row_number from failed_rows where operation_number = $1 and row_number between $2 and $3
        union
        select row_number from outbox
        where operation_number = $1 and row_number between $2 and $3 and settled_at is null and held_by is null
      ) as failed,
      array(select row_number from resolved_rows
        where operation_number = $1 and row_number between $2 and $3) as resolved`,
    [claim.parentNumber, first, last],
  )
  const [row] = rows
  return { failed: new Set(row?.failed.map(Number)), resolved: new Set(row?.resolved.map(Number)) }
}
