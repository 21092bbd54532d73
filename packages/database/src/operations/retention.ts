import type { Pool } from 'pg'
import { NOT_READ } from './archive-readers.ts'

/** The actor that the history names for what is done here. */
const RETENTION = 'retention'

/**
 * Cancels operations that were created before a time and still await data, or their start: at most `batch` of them.
 *
 * @param hours what is told: how long they had
 * @returns true when there may be more
 */
export async function cancelUnstarted(
  pool: Pool,
  createdBefore: Date,
  { hours, batch }: { readonly hours: number; readonly batch: number },
): Promise<boolean> {
  const within = `within ${hours} ${hours === 1 ? 'hour' : 'hours'}.`
  const { rowCount } = await pool.query(
    `update operations
    set state = 'CANCELLED', ended_at = clock_timestamp(), lease = lease + 1, changed_by = $3,
      total = case when source is null then 0 else total end,
      reason = case when source is null then $4 else $5 end
    where number = any (array(
      select number from operations where state = 'AWAITING_DATA' and created_at < $1
      order by created_at limit $2 for update skip locked))`,
    [createdBefore, batch, RETENTION, `No data came ${within}`, `It was not started ${within}`],
  )
  return rowCount === batch
}

/** An operation whose files are to go. */
export interface Keeper {
  readonly number: bigint
  /** A UUID; names the folder. */
  readonly id: string
}

export interface FilesQuestion {
  /** Those that ended earlier have kept their files long enough. */
  readonly endedBefore: Date
  /** Those without data that ended earlier have nothing to keep; an upload may have left something, or still run. */
  readonly abandonedBefore: Date
  /** Ids that are not to be told again. */
  readonly except: readonly string[]
  /** At most so many. */
  readonly batch: number
}

const WITH_FILES = `
  select number, id from (
    (
      select number, id from operations o
      where ended_at < $1 and files_removed_at is null and id <> all ($3::uuid[]) and ${NOT_READ}
      order by ended_at limit $4
    ) union (
      select number, id from operations
      where ended_at < $2 and files_removed_at is null and source is null and id <> all ($3::uuid[])
      order by ended_at limit $4
    ) union (
      select number, id from operations
      where deleted_at is not null and files_removed_at is null and id <> all ($3::uuid[]) order by number limit $4
    )
  ) keeper limit $4`

/** Operations whose files are to be removed, deleted ones among them. */
export async function operationsWithFilesToRemove(pool: Pool, question: FilesQuestion): Promise<readonly Keeper[]> {
  const { endedBefore, abandonedBefore, except, batch } = question
  const { rows } = await pool.query<{ number: string; id: string }>(WITH_FILES, [
    endedBefore,
    abandonedBefore,
    except,
    batch,
  ])
  return rows.map(({ number, id }) => ({ number: BigInt(number), id }))
}

/** Remembers that the files are gone; to be called after they are. */
export async function markFilesRemoved(pool: Pool, numbers: readonly bigint[]): Promise<void> {
  await pool.query(
    'update operations set files_removed_at = now() where number = any ($1::bigint[]) and files_removed_at is null',
    [numbers],
  )
}

/** Makes operations that ended before a time invisible, at most `batch` of them. True when there may be more. */
export async function expireOperations(pool: Pool, endedBefore: Date, batch: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update operations set deleted_at = now()
    where number = any (array(
      select number from operations o where ended_at < $1 and deleted_at is null and ${NOT_READ}
      order by ended_at limit $2 for update skip locked))`,
    [endedBefore, batch],
  )
  return rowCount === batch
}
