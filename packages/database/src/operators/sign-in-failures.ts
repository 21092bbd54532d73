import { createHash } from 'node:crypto'
import type { Pool } from 'pg'

/** Wrong passwords in a row that lock a name. */
export const MOST_WRONG_PASSWORDS = 5
/** For how long, in seconds; and after how long without an attempt they are forgotten. */
export const LOCKED_SECONDS = 15 * 60

// The attempt counts before its password is looked at, so that many at once are no more than five. What is as old as
// a lock begins anew. Rows that mean nothing any more go with it, some at a time.
const ATTEMPT = `
  with attempt as (
    insert into sign_in_failures as f (name_hash, count) values ($1, 1)
    on conflict (name_hash) do update set
      count = case when f.last_at < now() - make_interval(secs => ${LOCKED_SECONDS}) then 1 else f.count + 1 end,
      locked_until = case
        when f.last_at >= now() - make_interval(secs => ${LOCKED_SECONDS}) and f.count + 1 >= ${MOST_WRONG_PASSWORDS}
        then now() + make_interval(secs => ${LOCKED_SECONDS}) end,
      last_at = now()
    where f.locked_until is null or f.locked_until <= now()
    returning 1
  ), forgotten as (
    delete from sign_in_failures where name_hash in (
      select name_hash from sign_in_failures
      where last_at < now() - interval '1 day' and name_hash <> $1
      order by last_at limit 1000 for update skip locked)
  )
  select case when exists (select from attempt) then null else coalesce(
    (select greatest(1, ceil(extract(epoch from locked_until - now())))::integer
     from sign_in_failures where name_hash = $1), ${LOCKED_SECONDS}) end as wait`

/**
 * Counts an attempt to sign in by that name, whether there is such an operator or not. Null when its password may be
 * looked at, else the seconds to wait. The fifth in a row locks the name for 15 minutes, unless `forgetSignInFailures`
 * follows.
 */
export async function countSignInAttempt(pool: Pool, name: string): Promise<number | null> {
  const { rows } = await pool.query<{ wait: number | null }>(ATTEMPT, [hashed(name)])
  return rows[0]?.wait ?? null
}

/** The password was right, or somebody unlocks the name: it begins anew. False when there was nothing to forget. */
export async function forgetSignInFailures(pool: Pool, name: string): Promise<boolean> {
  const { rowCount } = await pool.query('delete from sign_in_failures where name_hash = $1', [hashed(name)])
  return rowCount === 1
}

/** What is typed in the place of a name may be a password. */
function hashed(name: string): Buffer {
  return createHash('sha256').update(name, 'utf8').digest()
}
