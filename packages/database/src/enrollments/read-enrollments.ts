import type { EnrolledField, Enrollment } from '@muster/engine/ports'
import type { Pool, PoolClient } from 'pg'

// `json_agg` rather than `jsonb_agg`: images are copied once less.
const READ = `
  select r.id, t.name as organization, d.name as design,
    (
      select coalesce(json_agg(json_build_object('name', f.field ->> 'name', 'type', f.field ->> 'type',
        'value', r.fields -> (f.field ->> 'name')) order by f.position), '[]')
      from jsonb_array_elements(d.fields) with ordinality as f (field, position)
      where r.fields ? (f.field ->> 'name')
    ) as fields
  from enrollment_records r
    join enrollment_designs d on d.id = r.design_id
    join tenants t on t.id = r.tenant_id
  where r.tenant_id = $1 and r.id = any($2::bigint[])`

interface ReadRow {
  readonly id: string
  readonly organization: string
  readonly design: string
  readonly fields: readonly EnrolledField[]
}

/**
 * Enrollments by their records' ids, in one statement. Ids of no record of the tenant, such as deleted ones, are not
 * in the answer. Images are among the fields: ask for no more at once than may be in memory.
 *
 * @param recordIds 1 to 18 decimal digits each
 */
export async function readEnrollments(
  pool: Pool | PoolClient,
  tenantId: number,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, Enrollment>> {
  const { rows } = await pool.query<ReadRow>(READ, [tenantId, recordIds])
  return new Map(rows.map(({ id, ...enrollment }) => [id, enrollment]))
}
