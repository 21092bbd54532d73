import { ALL_SCOPES } from '@muster/contracts'
import { ensureTenant, findClient, type Pool, saveClient } from '@muster/database'
import { hashSecret, isSecret } from './client-secret.ts'

/** The tenant of the first client. */
const TENANT = 'default'

/**
 * Sees to it that the tenant `default` exists and, when credentials are given, that its first
 * client does, with every scope there is. A changed secret replaces the old one. Safe to repeat.
 */
export async function bootstrap(pool: Pool, credentials: { id: string; secret: string } | null): Promise<void> {
  const tenantId = await ensureTenant(pool, TENANT)
  if (credentials === null) return
  const client = await findClient(pool, credentials.id)
  const asWanted = client !== null && client.tenantId === tenantId && hasEveryScope(client.scopes)
  if (asWanted && (await isSecret(credentials.secret, client.secretHash))) return
  const secretHash = await hashSecret(credentials.secret)
  await saveClient(pool, { id: credentials.id, tenantId, secretHash, scopes: ALL_SCOPES })
}

function hasEveryScope(scopes: readonly string[]): boolean {
  return ALL_SCOPES.every((scope) => scopes.includes(scope))
}
