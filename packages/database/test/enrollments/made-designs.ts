import type { DesignField, FieldType } from '@muster/contracts'
import type { Pool } from 'pg'
import { createDesign, type StoredDesign } from '../../src/enrollments/designs.ts'

/** A field that may be empty. */
export function field(name: string, type: FieldType = 'text', isUnique = false): DesignField {
  return { name, type, required: false, unique: isUnique }
}

/** A design that was made for a test. */
export async function makeDesign(
  pool: Pool,
  tenantId: number,
  name: string,
  fields: readonly DesignField[],
): Promise<StoredDesign> {
  const created = await createDesign(pool, tenantId, { name, fields })
  if (created.kind !== 'created') throw new Error(`the design was not made: ${created.kind}`)
  return created.design
}
