import { encodeEnrollmentId } from '@muster/contracts'
import type { IssuedPass, PassStore } from '@muster/engine/ports'
import type { Pool } from 'pg'
import { readEnrollments } from '../enrollments/read-enrollments.ts'

interface ClaimedPass {
  pass_id: string
  record_id: string
  workflow_id: string
  address: string | null
}

const ISSUE = `
  with live as (
    select p.id, p.record_id, d.workflow_id, r.fields ->> d.email_field as address
    from passes p
    join enrollment_records r on r.id = p.record_id
    join enrollment_designs d on d.id = r.design_id
    where p.tenant_id = $1 and p.id = any($2::bigint[]) and p.voided_at is null
  ), issued as (
    insert into pass_claims (token_hash, tenant_id, pass_id, wallet, expires_at)
    select c.token_hash, $1, c.pass_id, c.wallet, now() + make_interval(secs => $5)
    from unnest($2::bigint[], $3::text[], $4::bytea[]) as c (pass_id, wallet, token_hash)
    join live on live.id = c.pass_id
  )
  select distinct id as pass_id, record_id, workflow_id, address from live`

/** The passes in PostgreSQL, as deliveries need them. */
export function passStore(pool: Pool): PassStore {
  return {
    async issueClaims({ tenantId }, claims, seconds) {
      const values = [
        tenantId,
        claims.map(({ passId }) => passId),
        claims.map(({ wallet }) => wallet),
        claims.map(({ tokenHash }) => tokenHash),
        seconds,
      ]
      const { rows } = await pool.query<ClaimedPass>(ISSUE, values)
      const recordIds = rows.map(({ record_id }) => record_id)
      const enrollments = await readEnrollments(pool, tenantId, recordIds)
      return rows.flatMap(({ pass_id, record_id, workflow_id, address }): IssuedPass[] => {
        const enrollment = enrollments.get(record_id)
        const enrollmentId = encodeEnrollmentId({ workflowId: workflow_id, key: record_id })
        return enrollment === undefined ? [] : [{ passId: pass_id, enrollmentId, address, enrollment }]
      })
    },
    async serials({ tenantId }, passIds) {
      const { rows } = await pool.query<{ id: string; serial: string }>(
        'select id, serial from passes where tenant_id = $1 and id = any($2::bigint[])',
        [tenantId, passIds],
      )
      return new Map(rows.map(({ id, serial }) => [id, serial]))
    },
  }
}
