/** Counts attempts to sign in that did not succeed, by network address. */
export interface SignInLimit {
  /** Counts one more attempt. Null when it may go on, else the seconds to wait. */
  attempt(address: string): number | null
  /** The attempt succeeded: the address starts anew. */
  succeeded(address: string): void
}

export const MOST_ATTEMPTS = 10
const WINDOW_MS = 10 * 60 * 1_000
const MOST_ADDRESSES = 10_000

/**
 * Ten attempts in ten minutes for an address, or for a /64 of IPv6, which one client has to itself.
 * Ten thousand addresses are remembered; beyond that the one that began first is forgotten. Behind
 * a proxy all clients have the proxy's address; those already signed in are not affected.
 *
 * @param now milliseconds, of any origin
 */
export function signInLimit(now: () => number = () => performance.now()): SignInLimit {
  const windows = new Map<string, { attempts: number; ends: number }>()
  return {
    attempt(address) {
      const client = clientOf(address)
      const known = windows.get(client)
      const current = known !== undefined && known.ends > now() ? known : { attempts: 0, ends: now() + WINDOW_MS }
      if (current.attempts >= MOST_ATTEMPTS) return Math.ceil((current.ends - now()) / 1_000)
      current.attempts++
      if (current !== known) {
        windows.delete(client) // so that it stands last, being the newest
        windows.set(client, current)
        forgetOldest(windows)
      }
      return null
    },
    succeeded(address) {
      windows.delete(clientOf(address))
    },
  }
}

function clientOf(address: string): string {
  const ipv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (ipv4 !== undefined) return ipv4
  if (!address.includes(':')) return address
  const [head = ''] = address.split('::')
  return head.split(':').slice(0, 4).join(':')
}

function forgetOldest(windows: Map<string, unknown>): void {
  for (const client of windows.keys()) {
    if (windows.size <= MOST_ADDRESSES) return
    windows.delete(client)
  }
}
