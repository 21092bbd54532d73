import { createHash, randomBytes } from 'node:crypto'
import type { EnrollmentId } from '@muster/contracts'
import type { TestDatabase } from '@muster/testkit'

export interface MadePass {
  readonly id: string
  readonly serial: string
  readonly enrollment: EnrollmentId
}

const FIELDS = [
  { name: 'FirstName', type: 'text', required: true, unique: false },
  { name: 'EmployeeNumber', type: 'barcode', required: true, unique: true },
]

/** A pass that is in force, of a new enrollment of a new design of the tenant `test`. */
export async function makePass({ pool, tenantId }: TestDatabase): Promise<MadePass> {
  const { rows } = await pool.query<{ id: string; serial: string; key: string; workflowId: string }>(
    `with design as (
       insert into enrollment_designs (tenant_id, name, fields)
       values ($1, 'Badge ' || gen_random_uuid(), $2) returning id, workflow_id
     ), record as (
       insert into enrollment_records (tenant_id, design_id, fields)
       select $1, id, '{"FirstName": "Jane", "EmployeeNumber": "E-1"}' from design returning id
     )
     insert into passes (tenant_id, record_id, operation_number, row_number)
     select $1, id, 1, 1 from record
     returning id, serial, record_id as key, (select workflow_id from design) as "workflowId"`,
    [tenantId, JSON.stringify(FIELDS)],
  )
  const [made] = rows
  if (made === undefined) throw new Error('no pass was made')
  return { id: made.id, serial: made.serial, enrollment: { workflowId: made.workflowId, key: made.key } }
}

export function newTokenHash(): Uint8Array {
  return createHash('sha256').update(randomBytes(32)).digest()
}
