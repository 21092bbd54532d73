import { findDesign, type StoredDesign } from '@muster/database'
import { Refusal } from '../../../refusal.ts'
import type { Services } from '../../../services.ts'
import type { ApiRequest } from '../../route.ts'

/** The design that the path names. Throws a Refusal when the tenant has none such. */
export async function designOf(
  { pool }: Services,
  { params, caller }: ApiRequest,
  name: string,
): Promise<StoredDesign> {
  const design = await findDesign(pool, caller.tenantId, params[name] ?? '')
  if (design !== null) return design
  throw new Refusal(
    'not-found',
    'There is no enrollment design of this name; /v2/enrollments/enrollmentDesigns lists them.',
    {
      members: { target: 'enrollmentDesignName' },
    },
  )
}
