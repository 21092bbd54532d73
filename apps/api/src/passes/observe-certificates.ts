import { X509Certificate } from 'node:crypto'
import type { ApiMetrics } from '@muster/telemetry'
import type { AppleCredentials } from '@muster/wallets'

/** Tells when the certificates that passes are signed with end. The API signs them, so it is the API that tells. */
export function observeCertificates(apple: AppleCredentials | null, metrics: Pick<ApiMetrics, 'certificate'>): void {
  if (apple === null) return
  metrics.certificate('apple_pass', notAfter(apple.certificate))
  metrics.certificate('apple_wwdr', notAfter(apple.wwdrCertificate))
}

function notAfter(pem: string): Date {
  return new Date(new X509Certificate(pem).validTo)
}
