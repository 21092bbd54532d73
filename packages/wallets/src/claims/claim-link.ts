import type { Wallet } from '@muster/engine/ports'

/** How long a link to a pass can be used: a week. */
export const CLAIM_SECONDS = 7 * 86_400

/**
 * The address at which a person takes a pass to a wallet. It says who asks, so it is for that person's eyes alone.
 *
 * @param publicUrl the API's address as phones see it, with or without a slash at its end
 */
export function claimUrl(publicUrl: string, wallet: Wallet, enrollmentId: string, token: string): string {
  const segments = ['wallet', wallet, enrollmentId, token].map(encodeURIComponent)
  return `${publicUrl.replace(/\/+$/, '')}/${segments.join('/')}`
}
