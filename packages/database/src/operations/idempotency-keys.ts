import type { Pool } from 'pg'

/** One request that carries an Idempotency-Key, as the one who carries it out. */
export interface Reservation {
  readonly tenantId: number
  /** The token's subject. */
  readonly client: string
  readonly key: string
  /** Who carries the request out: a UUID of this attempt's own. */
  readonly holder: string
}

/** An answer that can be given again. */
export interface StoredAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How a key stands when a request with it comes. */
export type Reserved =
  /** It is this request's to carry out; the fingerprint is that of an attempt that came to no end, null when it has none. */
  | { readonly kind: 'reserved'; readonly fingerprint: string | null }
  /** Another attempt is being carried out. */
  | { readonly kind: 'in-flight' }
  | { readonly kind: 'answered'; readonly fingerprint: string; readonly answer: StoredAnswer }

/** An attempt that has not been heard of for so long has come to an end without one. */
const LOCK_SECONDS = 30

const RESERVE = `
  insert into idempotency_keys (tenant_id, client, key, holder, locked_until)
  values ($1, $2, $3, $4, now() + make_interval(secs => ${LOCK_SECONDS}))
  on conflict (tenant_id, client, key) do update set holder = excluded.holder, locked_until = excluded.locked_until
  where idempotency_keys.status is null and idempotency_keys.locked_until < now()
  returning fingerprint`

/** Takes the key for a request, unless another has it or it is answered. */
export async function reserveKey(pool: Pool, reservation: Reservation): Promise<Reserved> {
  const { tenantId, client, key, holder } = reservation
  const reserved = await pool.query<{ fingerprint: string | null }>(RESERVE, [tenantId, client, key, holder])
  if (reserved.rows[0] !== undefined) return { kind: 'reserved', fingerprint: reserved.rows[0].fingerprint }
  const { rows } = await pool.query<StoredAnswer & { fingerprint: string }>(
    `select fingerprint, status, headers, body from idempotency_keys
    where tenant_id = $1 and client = $2 and key = $3 and status is not null`,
    [tenantId, client, key],
  )
  const [answered] = rows
  // One that is neither answered nor there any more was given up a moment ago: the next attempt will get it.
  if (answered === undefined) return { kind: 'in-flight' }
  const { fingerprint, ...answer } = answered
  return { kind: 'answered', fingerprint, answer }
}

const HELD = 'tenant_id = $1 and client = $2 and key = $3 and holder = $4 and status is null'

/** Says that the attempt goes on: for 30 s more the key is its own. */
export async function renewKey(pool: Pool, { tenantId, client, key, holder }: Reservation): Promise<void> {
  await pool.query(
    `update idempotency_keys set locked_until = now() + make_interval(secs => ${LOCK_SECONDS}) where ${HELD}`,
    [tenantId, client, key, holder],
  )
}

/** Remembers what was asked for, before any of it is done. False when another attempt has taken the key meanwhile. */
export async function rememberRequest(pool: Pool, reservation: Reservation, fingerprint: string): Promise<boolean> {
  const { tenantId, client, key, holder } = reservation
  const { rowCount } = await pool.query(
    `update idempotency_keys set fingerprint = $5, locked_until = now() + make_interval(secs => ${LOCK_SECONDS})
    where ${HELD}`,
    [tenantId, client, key, holder, fingerprint],
  )
  return rowCount === 1
}

/** Keeps the answer, for whoever sends the request again. Nothing happens when the key is not the holder's any more. */
export async function rememberAnswer(pool: Pool, reservation: Reservation, answer: StoredAnswer): Promise<void> {
  const { tenantId, client, key, holder } = reservation
  const { status, headers, body } = answer
  await pool.query(`update idempotency_keys set status = $5, headers = $6, body = $7 where ${HELD}`, [
    tenantId,
    client,
    key,
    holder,
    status,
    JSON.stringify(headers),
    body,
  ])
}

/** Gives the key back: the request had no effect, and may be sent again at once. */
export async function releaseKey(pool: Pool, { tenantId, client, key, holder }: Reservation): Promise<void> {
  await pool.query(`delete from idempotency_keys where ${HELD}`, [tenantId, client, key, holder])
}

/** Forgets keys of requests that came before then, those of operations included: they may be used for others. */
export async function forgetIdempotencyKeys(pool: Pool, olderThan: Date): Promise<void> {
  await pool.query(
    'delete from idempotency_keys where created_at < $1 and (status is not null or locked_until < now())',
    [olderThan],
  )
  await pool.query('update operations set request_key = null where request_key is not null and created_at < $1', [
    olderThan,
  ])
}
