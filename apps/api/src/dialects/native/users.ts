import { findUser } from '@muster/database'
import { Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import { type Answer, type ApiRequest, json } from '../route.ts'

/** `GET /v1/users/{userId}`: a user with the factors enrolled, without their secrets. */
export async function getUser({ pool }: Services, { params, caller }: ApiRequest): Promise<Answer> {
  const userId = params['userId'] ?? ''
  const user = userId.includes('\0') ? null : await findUser(pool, caller.tenantId, userId)
  if (user === null) throw new Refusal('not-found', 'There is no user of this id.')
  return json(200, { ...user, createdAt: user.createdAt.toISOString() }, { 'Cache-Control': 'no-store' })
}
