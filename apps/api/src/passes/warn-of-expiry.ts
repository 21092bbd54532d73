import type { Logger } from '@muster/telemetry'
import type { AppleCredentials } from '@muster/wallets'

const DAYS_AHEAD = 30

/** Says so when passes are signed with a certificate that ends soon, or has ended: phones refuse new ones then. */
export function warnOfExpiry(apple: AppleCredentials | null, log: Logger): void {
  if (apple === null || apple.expiresAt.getTime() > Date.now() + DAYS_AHEAD * 86_400_000) return
  const { expiresAt } = apple
  log.warn({ expiresAt }, 'the certificate that signs passes for Apple Wallet, or its authority, ends; renew it')
}
