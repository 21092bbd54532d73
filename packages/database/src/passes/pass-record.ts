import type { Enrollment, Pass } from '@muster/engine/ports'
import type { Pool } from 'pg'
import { readEnrollments } from '../enrollments/read-enrollments.ts'

/** A pass as the wallets show it, and since when. */
export interface PassRecord extends Pass {
  /** When something that wallets show was changed last. */
  readonly changedAt: Date
}

/** What is found of a pass, for its enrollment to be read. */
export interface FoundPass {
  readonly serial: string
  readonly tenantId: number
  readonly recordId: string
  readonly organization: string
  readonly voided: boolean
  readonly changedAt: Date
}

/** The columns of a FoundPass, of the relations `p` passes, `t` tenants and `r` enrollment_records, which may be missing. */
export const FOUND_PASS = `
  p.serial, p.tenant_id as "tenantId", p.record_id as "recordId", t.name as organization,
  p.voided_at is not null or r.id is null as voided, greatest(p.changed_at, r.updated_at) as "changedAt"`

/** The pass with its enrollment. Of an enrollment that was deleted nothing is left to show. */
export async function passRecord(pool: Pool, found: FoundPass): Promise<PassRecord> {
  const { serial, tenantId, recordId, organization, voided, changedAt } = found
  const enrollment = (await readEnrollments(pool, tenantId, [recordId])).get(recordId)
  const nothing: Enrollment = { organization, design: organization, fields: [] }
  return { serial, changedAt, enrollment: enrollment ?? nothing, voided: voided || enrollment === undefined }
}
