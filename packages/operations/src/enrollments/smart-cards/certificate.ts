import type { X509Certificate } from 'node:crypto'
import { Wrong } from '@muster/engine'
import { certificatesIn, NOT_A_CERTIFICATE, SEVERAL_CERTIFICATES } from './certificate-file.ts'
import { type CertificateParts, certificateParts } from './certificate-parts.ts'
import { isTrusted, type TrustedIssuers } from './issuers.ts'
import { keyType } from './key-type.ts'
import { alternativeNames, distinguishedName } from './names.ts'
import { parseCertificate } from './parse-certificate.ts'
import { type Validity, validityOf } from './validity.ts'

/** What is kept of a user's certificate. */
export interface SmartCard {
  /** As RFC 4514 writes it; empty when the certificate names nobody. */
  readonly subject: string
  readonly issuer: string
  /** Upper-case hex. */
  readonly serialNumber: string
  /** SHA-256 of the certificate's DER, lower-case hex. */
  readonly fingerprint: string
  /** ISO 8601, to the second. */
  readonly notBefore: string
  readonly notAfter: string
  /** SubjectPublicKeyInfo in DER, base64. */
  readonly publicKey: string
  /** Such as `rsa 2048`, `ec P-256`, `ed25519`. */
  readonly keyType: string
  /** As `type:value`, such as `email:jane@example.com` and `UPN:jane@example.com`. */
  readonly subjectAltNames: readonly string[]
}

/** What a certificate is judged by, beside itself. */
export interface Judgement {
  /** The moment at which it must be valid. */
  readonly at: Date
  /** Each of them must stand behind it. */
  readonly trusted: readonly TrustedIssuers[]
}

/** Of DER. Cards hold two or three KiB, signatures that withstand quantum computers take up to 50. */
const MAX_CERTIFICATE = 64 * 1024

const TOO_LARGE = new Wrong('ENTRY_TOO_LARGE', { max: MAX_CERTIFICATE })
const EXPIRED = new Wrong('CERTIFICATE_EXPIRED')
const NOT_YET_VALID = new Wrong('CERTIFICATE_NOT_YET_VALID')

/**
 * The user's certificate in a file of DER or PEM, or everything that is wrong with it. Never throws, whatever the file.
 * Beside it, PEM may hold the authorities above it. Of a file with a private key, nothing but that is told.
 */
export function readCertificate(file: Uint8Array, judgement: Judgement): SmartCard | readonly Wrong[] {
  const found = certificatesIn(Buffer.from(file.buffer, file.byteOffset, file.byteLength))
  if (found instanceof Wrong) return [found]
  const certificates: X509Certificate[] = []
  for (const der of found) {
    const certificate = parseCertificate(der)
    if (certificate === null) return [NOT_A_CERTIFICATE]
    certificates.push(certificate)
  }
  const chosen = usersOwn(certificates)
  if (chosen === null) return [SEVERAL_CERTIFICATES]
  if (chosen.own.raw.length > MAX_CERTIFICATE) return [TOO_LARGE]
  return judged(chosen, judgement)
}

interface Chosen {
  readonly own: X509Certificate
  readonly others: readonly X509Certificate[]
}

/** Null when it is unclear whose the file is. Bundles begin with the user's certificate, or with the root. */
function usersOwn(certificates: readonly X509Certificate[]): Chosen | null {
  const distinct = [...new Map(certificates.map((certificate) => [certificate.fingerprint256, certificate])).values()]
  const [first, ...rest] = distinct
  if (first === undefined) return null
  // Alone it may be an authority: certificates that somebody made for herself often say that they are.
  if (rest.length === 0) return { own: first, others: [] }
  const [own, another] = distinct.filter(({ ca }) => !ca)
  return own && !another ? { own, others: distinct.filter((certificate) => certificate !== own) } : null
}

function judged({ own, others }: Chosen, { at, trusted }: Judgement): SmartCard | readonly Wrong[] {
  const validity = validityOf(own)
  const card = validity && smartCard(own, validity)
  if (validity === null || card === null) return [NOT_A_CERTIFICATE]
  const untrusted = trusted
    .filter((issuers) => !isTrusted(own, others, issuers, at))
    .map(({ factorConfig }) => new Wrong('UNTRUSTED_ISSUER', { factorConfig }))
  const wrong = [
    ...(validity.notAfter < at ? [EXPIRED] : []),
    ...(validity.notBefore > at ? [NOT_YET_VALID] : []),
    ...untrusted,
  ]
  return wrong.length === 0 ? card : wrong
}

/** Null when a name or the key cannot be read: then nobody could be recognised by the certificate. */
function smartCard(certificate: X509Certificate, { notBefore, notAfter }: Validity): SmartCard | null {
  const der = certificate.raw
  const parts = certificateParts(der)
  const type = parts && publicKeyType(certificate, parts)
  const subject = parts && name(certificate.subject, parts.subject)
  const issuer = parts && name(certificate.issuer, parts.issuer)
  if (parts === null || type === null || subject === null || issuer === null) return null
  return {
    subject,
    issuer,
    serialNumber: certificate.serialNumber.toUpperCase(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    notBefore: toSecond(notBefore),
    notAfter: toSecond(notAfter),
    publicKey: parts.publicKey.toString('base64'),
    keyType: type,
    subjectAltNames: alternativeNames(certificate.subjectAltName),
  }
}

/** Null for a name that is there, and cannot be read. */
function name(multiline: string | undefined, der: Buffer): string | null {
  if (multiline) return distinguishedName(multiline)
  return der.length === 2 ? '' : null
}

function publicKeyType(certificate: X509Certificate, { publicKey }: CertificateParts): string | null {
  try {
    // Throws for a key that OpenSSL cannot read, whatever its algorithm says: a point that is on no curve, for one.
    const { asymmetricKeyType } = certificate.publicKey
    return keyType(publicKey) ?? asymmetricKeyType ?? null
  } catch {
    return null
  }
}

function toSecond(date: Date): string {
  return `${date.toISOString().slice(0, -5)}Z`
}
