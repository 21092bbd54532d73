const LONGEST = 60

const WAIT = /(?:^|,)\s*wait\s*=\s*(?:(\d{1,9})|"(\d{1,9})")\s*(?=[;,]|$)/i

/**
 * The seconds that a Prefer header (RFC 7240) wants to wait, 1 to 60: what is more becomes 60. Null
 * when it says nothing of it that can be understood, which is no mistake.
 */
export function preferredWait(prefer: string | null): number | null {
  const [, token, quoted] = WAIT.exec(prefer ?? '') ?? []
  const seconds = Math.min(Number(token ?? quoted ?? 0), LONGEST)
  return seconds === 0 ? null : seconds
}
