import { elementAt, elementsIn } from './der.ts'

/** The parts of a certificate that are kept or judged by their bytes (RFC 5280 §4.1), in DER. */
export interface CertificateParts {
  readonly issuer: Buffer
  readonly subject: Buffer
  /** A SubjectPublicKeyInfo. */
  readonly publicKey: Buffer
}

const EXPLICIT_VERSION = 0xa0

/** The parts of a certificate in DER; null when it has none. The buffers are views of its bytes. */
export function certificateParts(der: Buffer): CertificateParts | null {
  const certificate = elementAt(der, 0, der.length)
  const signed = certificate && elementAt(der, certificate.content, certificate.end)
  if (!signed) return null
  const fields = elementsIn(der, signed.content, signed.end, 7)
  // The version is left out of certificates of version 1.
  const [, , issuer, , subject, publicKey] = fields[0]?.tag === EXPLICIT_VERSION ? fields.slice(1) : fields
  if (!issuer || !subject || !publicKey) return null
  return {
    issuer: der.subarray(issuer.start, issuer.end),
    subject: der.subarray(subject.start, subject.end),
    publicKey: der.subarray(publicKey.start, publicKey.end),
  }
}
