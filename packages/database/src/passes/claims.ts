import type { EnrollmentId } from '@muster/contracts'
import type { NewClaim, Wallet } from '@muster/engine/ports'
import type { Pool } from 'pg'
import { isRecordKey } from '../enrollments/record-key.ts'
import { FOUND_PASS, type FoundPass, type PassRecord, passRecord } from './pass-record.ts'

/** A link that somebody has come with. */
export interface GivenClaim extends Pick<NewClaim, 'wallet' | 'tokenHash'> {
  readonly enrollment: EnrollmentId
  /** Null: whoever has the link may use it. */
  readonly tenantId: number | null
}

export interface WantedClaim extends GivenClaim {
  readonly tenantId: number
  /** For which it is in force. */
  readonly seconds: number
}

/** Notes a claim on the pass that the enrollment has in force. False when it has none. */
export async function insertClaim(pool: Pool, claim: WantedClaim): Promise<boolean> {
  const { enrollment, tenantId, wallet, tokenHash, seconds } = claim
  if (!isRecordKey(enrollment.key)) return false
  const { rowCount } = await pool.query(
    `insert into pass_claims (token_hash, tenant_id, pass_id, wallet, expires_at)
     select $4, $1, p.id, $5, now() + make_interval(secs => $6)
     from passes p
       join enrollment_records r on r.id = p.record_id
       join enrollment_designs d on d.id = r.design_id
     where p.tenant_id = $1 and p.record_id = $2 and d.workflow_id = $3 and p.voided_at is null`,
    [tenantId, enrollment.key, enrollment.workflowId, tokenHash, wallet, seconds],
  )
  return rowCount === 1
}

/** Which claims are good: not used, not expired, for this wallet, of a pass of this enrollment that is in force. */
const GOOD = `
  c.token_hash = $1 and c.wallet = $2 and c.used_at is null and c.expires_at > now()
  and p.id = c.pass_id and p.voided_at is null
  and r.id = p.record_id and r.id = $3::bigint and d.id = r.design_id and d.workflow_id = $4
  and ($5::integer is null or c.tenant_id = $5)`

function parameters({ tokenHash, wallet, enrollment, tenantId }: GivenClaim): unknown[] {
  return [tokenHash, wallet, enrollment.key, enrollment.workflowId, tenantId]
}

/** The pass that can be taken with the claim, which stays as it is; null when it is no good. */
export async function findClaimedPass(pool: Pool, claim: GivenClaim): Promise<PassRecord | null> {
  if (!isRecordKey(claim.enrollment.key)) return null
  const { rows } = await pool.query<FoundPass>(
    `select ${FOUND_PASS}
     from pass_claims c, enrollment_records r, enrollment_designs d, passes p join tenants t on t.id = p.tenant_id
     where ${GOOD}`,
    parameters(claim),
  )
  return rows[0] === undefined ? null : passRecord(pool, rows[0])
}

const CLAIMED_AT: { readonly [W in Wallet]: string } = { apple: 'apple_claimed_at', google: 'google_claimed_at' }

/**
 * Uses the claim up, and notes that the pass is in that wallet. False when it is no good, any more: of several that
 * come with it at once, one gets true; none that comes after the pass became void.
 */
export async function useClaim(pool: Pool, claim: GivenClaim): Promise<boolean> {
  if (!isRecordKey(claim.enrollment.key)) return false
  const column = CLAIMED_AT[claim.wallet]
  // The pass's row is the one that makes it void: whichever statement comes second finds what the first one did.
  const { rowCount } = await pool.query(
    `with used as (
       update pass_claims c set used_at = now()
       from passes p, enrollment_records r, enrollment_designs d
       where ${GOOD}
       returning c.pass_id
     )
     update passes set ${column} = coalesce(${column}, now())
     from used where id = used.pass_id and voided_at is null`,
    parameters(claim),
  )
  return rowCount === 1
}

/** Removes claims that expired a day ago or earlier, used or not. Returns how many, at most `limit`. */
export async function removeExpiredClaims(pool: Pool, limit: number): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from pass_claims where token_hash in (
       select token_hash from pass_claims where expires_at < now() - interval '1 day'
       order by expires_at limit $1 for update skip locked)`,
    [limit],
  )
  return rowCount ?? 0
}
