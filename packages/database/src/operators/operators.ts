import type { Pool } from 'pg'

/** What somebody may do who signs in to the dashboard: a viewer looks, an operator changes things too. */
export type OperatorRole = 'viewer' | 'operator'

/** Somebody who signs in to the dashboard by a password of its own. */
export interface LocalOperator {
  readonly id: string
  readonly name: string
  /** argon2id, in the PHC string format. */
  readonly passwordHash: string
  readonly role: OperatorRole
}

/** Null when nobody has that name. */
export async function findOperator(pool: Pool, name: string): Promise<LocalOperator | null> {
  const sql = 'select id, name, password_hash as "passwordHash", role from operators where name = $1'
  return (await pool.query<LocalOperator>(sql, [name])).rows[0] ?? null
}

export interface ListedOperator {
  readonly name: string
  readonly role: OperatorRole
  readonly createdAt: Date
  /** Until when nobody signs in by this name; null while it is open. */
  readonly lockedUntil: Date | null
}

/** All of them, by name. */
export async function listOperators(pool: Pool): Promise<readonly ListedOperator[]> {
  const { rows } = await pool.query<ListedOperator>(
    `select o.name, o.role, o.created_at as "createdAt",
       case when f.locked_until > now() then f.locked_until end as "lockedUntil"
     from operators o left join sign_in_failures f on f.name_hash = sha256(convert_to(o.name, 'UTF8'))
     order by o.name`,
  )
  return rows
}

/** False when somebody has that name already: nothing was changed. */
export async function addOperator(pool: Pool, operator: Omit<LocalOperator, 'id'>): Promise<boolean> {
  const { rowCount } = await pool.query(
    'insert into operators (name, password_hash, role) values ($1, $2, $3) on conflict (name) do nothing',
    [operator.name, operator.passwordHash, operator.role],
  )
  return rowCount === 1
}

/** Takes effect at the operator's next request. False when nobody has that name. */
export async function setOperatorRole(pool: Pool, name: string, role: OperatorRole): Promise<boolean> {
  const sql = 'update operators set role = $2, changed_at = now() where name = $1'
  return (await pool.query(sql, [name, role])).rowCount === 1
}

/**
 * Gives the operator a new password and ends all sessions that began with the old one.
 *
 * @param replaces the hash that is to be replaced; nothing happens when another process was faster. Null for whatever is there.
 * @returns false when nothing was changed
 */
export async function setOperatorPassword(
  pool: Pool,
  name: string,
  passwordHash: string,
  replaces: string | null = null,
): Promise<boolean> {
  const { rows } = await pool.query<{ changed: boolean }>(
    `with changed as (
       update operators set password_hash = $2, changed_at = now()
       where name = $1 and ($3::text is null or password_hash = $3) returning id
     ), ended as (
       delete from operator_sessions where operator_id in (select id from changed)
     )
     select exists (select from changed) as changed`,
    [name, passwordHash, replaces],
  )
  return rows[0]?.changed ?? false
}

/** Keeps a better hash of the same password; sessions stay. Nothing happens when the password was changed meanwhile. */
export async function rehashOperatorPassword(pool: Pool, operator: LocalOperator, passwordHash: string): Promise<void> {
  const sql = 'update operators set password_hash = $3 where id = $1 and password_hash = $2'
  await pool.query(sql, [operator.id, operator.passwordHash, passwordHash])
}

/** Ends the operator's sessions too. False when nobody has that name. */
export async function removeOperator(pool: Pool, name: string): Promise<boolean> {
  return (await pool.query('delete from operators where name = $1', [name])).rowCount === 1
}
