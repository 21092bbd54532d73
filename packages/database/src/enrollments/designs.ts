import { type DesignField, type EnrollmentDesign, emailField } from '@muster/contracts'
import type { Pool } from 'pg'

/** An enrollment design of a tenant. It never changes once it is made. */
export interface StoredDesign extends EnrollmentDesign {
  /** Decimal digits. */
  readonly id: string
  /** The field that holds the address to send to; null when there is none. */
  readonly emailField: string | null
}

/** Enrollment designs that a tenant can have. */
export const MOST_DESIGNS = 200

const COLUMNS = 'id, name, workflow_id as "workflowId", fields, email_field as "emailField"'

/** The tenant's designs by name. */
export async function listDesigns(pool: Pool, tenantId: number): Promise<readonly StoredDesign[]> {
  const sql = `select ${COLUMNS} from enrollment_designs where tenant_id = $1 order by name`
  return (await pool.query<StoredDesign>(sql, [tenantId])).rows
}

/** The names of the tenant's designs, in order. */
export async function listDesignNames(pool: Pool, tenantId: number): Promise<readonly string[]> {
  const sql = 'select name from enrollment_designs where tenant_id = $1 order by name'
  return (await pool.query<{ name: string }>(sql, [tenantId])).rows.map(({ name }) => name)
}

/** Null when the tenant has no design of that name. */
export async function findDesign(pool: Pool, tenantId: number, name: string): Promise<StoredDesign | null> {
  // PostgreSQL's text has no such character, so that no design has it in its name.
  if (name.includes('\0')) return null
  const sql = `select ${COLUMNS} from enrollment_designs where tenant_id = $1 and name = $2`
  return (await pool.query<StoredDesign>(sql, [tenantId, name])).rows[0] ?? null
}

/** Those of the workflow ids that are of designs of the tenant, with their designs. */
export async function findDesignsByWorkflow(
  pool: Pool,
  tenantId: number,
  workflowIds: readonly string[],
): Promise<ReadonlyMap<string, StoredDesign>> {
  const sql = `select ${COLUMNS} from enrollment_designs where tenant_id = $1 and workflow_id = any($2::uuid[])`
  const { rows } = await pool.query<StoredDesign>(sql, [tenantId, workflowIds])
  return new Map(rows.map((design) => [design.workflowId, design]))
}

/** *taken*: the tenant has a design of that name. *full*: it has as many designs as it can have. */
export type DesignCreation =
  | { readonly kind: 'created'; readonly design: StoredDesign }
  | { readonly kind: 'taken' | 'full' }

/** Several at once may go past the most designs by their number. */
export async function createDesign(
  pool: Pool,
  tenantId: number,
  { name, fields }: { readonly name: string; readonly fields: readonly DesignField[] },
): Promise<DesignCreation> {
  const sql = `
    with counted as (select count(*) < $5 as has_room from enrollment_designs where tenant_id = $1), made as (
      insert into enrollment_designs (tenant_id, name, fields, email_field)
      select $1, $2, $3, $4 from counted where has_room
      on conflict (tenant_id, name) do nothing
      returning ${COLUMNS}
    )
    select has_room as "hasRoom", made.* from counted left join made on true`
  const values = [tenantId, name, JSON.stringify(fields), emailField(fields), MOST_DESIGNS]
  const { rows } = await pool.query<StoredDesign & { readonly hasRoom: boolean; readonly id: string | null }>(
    sql,
    values,
  )
  const [row] = rows
  if (row === undefined) throw new Error('the statement answers exactly one row')
  const { hasRoom, ...design } = row
  if (design.id !== null) return { kind: 'created', design }
  return { kind: hasRoom ? 'taken' : 'full' }
}
