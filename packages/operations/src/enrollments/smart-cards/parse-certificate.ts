import { X509Certificate } from 'node:crypto'

/** The certificate that these bytes are, all of them, in DER; null when they are none. */
export function parseCertificate(der: Buffer): X509Certificate | null {
  try {
    const certificate = new X509Certificate(der)
    // Node looks for PEM first, anywhere in the bytes, and takes BER too: neither would be the certificate of these bytes.
    return certificate.raw.equals(der) ? certificate : null
  } catch {
    return null
  }
}
