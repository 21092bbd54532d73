import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import type { OperatorRole } from './operators.ts'

/** A session ends so many seconds after it began. */
export const SESSION_SECONDS = 12 * 60 * 60
/** A session that nobody uses ends after so many seconds. */
export const SESSION_IDLE_SECONDS = 60 * 60

export interface OperatorSession {
  /** Null for one whom an OpenID Connect issuer vouched for. */
  readonly operatorId: string | null
  readonly name: string
  readonly role: OperatorRole
}

// In the terms of indexes and of single rows: the first removes what the second does not find.
const TOO_OLD = `created_at < now() - make_interval(secs => ${SESSION_SECONDS})`
const IS_ALIVE = `s.created_at >= now() - make_interval(secs => ${SESSION_SECONDS})
  and s.used_at >= now() - make_interval(secs => ${SESSION_IDLE_SECONDS})`

/**
 * Keeps a session that begins now, and removes all that have lived too long.
 *
 * @param token what the browser keeps; only its SHA-256 is stored
 */
export async function insertSession(pool: Pool, token: string, session: OperatorSession): Promise<void> {
  await pool.query(
    `with expired as (delete from operator_sessions where ${TOO_OLD})
     insert into operator_sessions (token_hash, operator_id, name, role) values ($1, $2, $3, $4)`,
    [hashed(token), session.operatorId, session.name, session.role],
  )
}

// Once a minute is exact enough for an hour, and spares a write a request.
const USE_SESSION = `
  with session as (
    select s.token_hash, s.operator_id, s.used_at, coalesce(o.name, s.name) as name, coalesce(o.role, s.role) as role
    from operator_sessions s left join operators o on o.id = s.operator_id
    where s.token_hash = $1 and ${IS_ALIVE}
  ), used as (
    update operator_sessions s set used_at = now() from session
    where s.token_hash = session.token_hash and session.used_at < now() - interval '1 minute'
  )
  select operator_id as "operatorId", name, role from session`

/** The session of that token, which is used now, with the operator's role of now; null when there is none or it has ended. */
export async function useSession(pool: Pool, token: string): Promise<OperatorSession | null> {
  return (await pool.query<OperatorSession>(USE_SESSION, [hashed(token)])).rows[0] ?? null
}

/** Nothing happens when there is no such session. */
export async function deleteSession(pool: Pool, token: string): Promise<void> {
  await pool.query('delete from operator_sessions where token_hash = $1', [hashed(token)])
}

/** Ends all sessions of a name, whoever vouched for it. Returns how many there were. */
export async function endSessions(pool: Pool, name: string): Promise<number> {
  const sql = `delete from operator_sessions s
    where name = $1 or operator_id = (select id from operators where operators.name = $1)`
  return (await pool.query(sql, [name])).rowCount ?? 0
}

function hashed(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest()
}
