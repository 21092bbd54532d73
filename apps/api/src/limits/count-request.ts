import type { Allowance, RequestLimiter } from '@muster/queue'
import { Refusal } from '../refusal.ts'

/** Counts a request of a tenant: the headers that its answer gets. Throws a Refusal when there were too many. */
export type CountRequest = (tenantId: number) => Promise<Readonly<Record<string, string>>>

/** @param limiter null: there is no limit */
export function countRequest(limiter: RequestLimiter | null): CountRequest {
  return async (tenantId) => {
    if (limiter === null) return {}
    const allowance = await limiter.consume(tenantId)
    const headers = limitHeaders(allowance)
    if (allowance.allowed) return headers
    const seconds = Math.max(secondsUntilReset(allowance), 1)
    const detail = `There were more than ${allowance.limit} requests within a minute; try again in ${seconds} seconds.`
    throw new Refusal('too-many-requests', detail, { headers: { ...headers, 'Retry-After': String(seconds) } })
  }
}

/** As in draft-ietf-httpapi-ratelimit-headers: the policy's quota and window; what remains, and for how long. */
function limitHeaders(allowance: Allowance): Record<string, string> {
  return {
    'RateLimit-Policy': `"tenant";q=${allowance.limit};w=60`,
    RateLimit: `"tenant";r=${allowance.remaining};t=${secondsUntilReset(allowance)}`,
  }
}

function secondsUntilReset({ resetMs }: Allowance): number {
  return Math.ceil(resetMs / 1_000)
}
