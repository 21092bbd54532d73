import { emailField, encodeEnrollmentId, FIRST_DESIGN } from '@muster/contracts'
import type { Pool } from '@muster/database'

const DESIGN = `
  insert into enrollment_designs (tenant_id, name, fields, email_field) values ($1, $2, $3, $4)
  on conflict (tenant_id, name) do nothing`

const RECORDS = `
  insert into enrollment_records (tenant_id, design_id, fields)
  select $1, d.id, given.value from enrollment_designs d, unnest($3::jsonb[]) with ordinality as given (value, position)
  where d.tenant_id = $1 and d.name = $2 order by given.position
  returning id, (select workflow_id from enrollment_designs where id = design_id)`

/** Inserts records of the design that tenants start with, as they are: their ids, in their order. */
export async function enrollmentRecords(
  { pool, tenantId }: { readonly pool: Pool; readonly tenantId: number },
  records: readonly Readonly<Record<string, string>>[],
): Promise<string[]> {
  const { name, fields } = FIRST_DESIGN
  await pool.query(DESIGN, [tenantId, name, JSON.stringify(fields), emailField(fields)])
  const values = [tenantId, name, records.map((record) => JSON.stringify(record))]
  const { rows } = await pool.query<{ id: string; workflow_id: string }>(RECORDS, values)
  return rows.map(({ id, workflow_id }) => encodeEnrollmentId({ workflowId: workflow_id, key: id }))
}
