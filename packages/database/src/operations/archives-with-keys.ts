import type { Pool } from 'pg'
import { NOT_READ } from './archive-readers.ts'

/** An operation whose archive held private keys. */
export interface KeyHolder {
  readonly number: bigint
  /** A UUID. */
  readonly id: string
  /** The archive's key in the file store. */
  readonly archive: string
}

/**
 * Operations that have ended and whose archive holds private keys, and is still there: at most `batch` of them.
 *
 * @param except ids that are not to be told again
 */
export async function archivesWithKeys(
  pool: Pool,
  { except, batch }: { readonly except: readonly string[]; readonly batch: number },
): Promise<readonly KeyHolder[]> {
  const { rows } = await pool.query<{ number: string; id: string; archive: string }>(
    `select o.number, o.id, o.source ->> 'archive' as archive
    from (select distinct operation_number from error_groups where code = 'PRIVATE_KEY') held
    join operations o on o.number = held.operation_number
    where o.ended_at is not null and o.archive_removed_at is null and o.files_removed_at is null
      and o.deleted_at is null and o.source ->> 'archive' = o.source ->> 'key'
      and o.id <> all ($1::uuid[]) and ${NOT_READ}
    limit $2`,
    [except, batch],
  )
  return rows.map(({ number, id, archive }) => ({ number: BigInt(number), id, archive }))
}

/** Remembers that the archives are gone; to be called after they are. */
export async function markArchivesRemoved(pool: Pool, numbers: readonly bigint[]): Promise<void> {
  await pool.query(
    'update operations set archive_removed_at = now() where number = any ($1::bigint[]) and archive_removed_at is null',
    [numbers],
  )
}
