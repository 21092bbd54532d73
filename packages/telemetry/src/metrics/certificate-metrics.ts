import type { Instruments } from './registry.ts'

export interface CertificateMetrics {
  /** @param name what it is for, one of a few */
  certificate(name: 'apple_pass' | 'apple_wwdr', notAfter: Date): void
}

export function certificateMetrics(instruments: Instruments): CertificateMetrics {
  const notAfter = instruments.gauge(
    'muster_certificate_not_after_timestamp_seconds',
    'When a certificate ends, in seconds since 1970',
    ['certificate'],
  )
  return { certificate: (certificate, end) => notAfter.set({ certificate }, end.getTime() / 1_000) }
}
