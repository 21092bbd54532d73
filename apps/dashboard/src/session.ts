import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Operator } from './operator.ts'

/** Sessions that live in their cookie alone: when they end, signed. */
export interface Sessions {
  /** A session that begins now. */
  issue(): string
  /** True until 12 hours after it was issued, if we did. */
  isValid(session: string): boolean
}

export const SESSION_SECONDS = 12 * 60 * 60

/**
 * The key comes from the operator's name and password (HKDF, RFC 5869): sessions outlive a restart
 * and hold in every process, and a changed password ends them all.
 *
 * @param now milliseconds since 1970
 */
export function createSessions({ name, password }: Operator, now: () => number = Date.now): Sessions {
  const key = Buffer.from(hkdfSync('sha256', password, name, 'muster dashboard session', 32))
  const sign = (ends: string) => createHmac('sha256', key).update(ends).digest()
  return {
    issue() {
      const ends = String(Math.floor(now() / 1_000) + SESSION_SECONDS)
      return `${ends}.${sign(ends).toString('base64url')}`
    },
    isValid(session) {
      const [ends = '', signature = ''] = session.split('.')
      const given = Buffer.from(signature, 'base64url')
      const right = sign(ends)
      if (given.length !== right.length || !timingSafeEqual(given, right)) return false
      return Number(ends) * 1_000 > now()
    },
  }
}
