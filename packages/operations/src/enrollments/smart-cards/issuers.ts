import type { KeyObject, X509Certificate } from 'node:crypto'
import type { FactorConfig, SmartCardSettings } from '@muster/contracts'
import { Wrong } from '@muster/engine'
import { certificatesIn } from './certificate-file.ts'
import { parseCertificate } from './parse-certificate.ts'
import { isValidAt, type Validity, validityOf } from './validity.ts'

/** A certificate that may stand behind others. */
interface Authority {
  readonly certificate: X509Certificate
  readonly publicKey: KeyObject
  readonly validity: Validity
}

/** The authorities that a factor config trusts. */
export interface TrustedIssuers {
  /** Its id. */
  readonly factorConfig: string
  /** None: whoever made a certificate is trusted. */
  readonly authorities: readonly Authority[]
}

/** A trusted certificate of a factor config's settings that cannot be used. */
export interface TrustedCertificateMistake {
  /** In the settings' list, from 0. */
  readonly index: number
  /** What was expected instead, for a message. */
  readonly problem: string
}

/** Certificates above a user's own, the trusted one included. */
const MAX_PATH = 8

/** Reads the settings once for all rows. Throws when they hold what `trustedCertificateMistakes` would have told. */
export function trustedIssuers({ id, settings }: FactorConfig): TrustedIssuers {
  const authorities = trustedCertificates(settings as Partial<SmartCardSettings>).map((pem, index) => {
    const read = readAuthority(pem)
    // To pass it over would be to trust everybody.
    if (typeof read === 'string') throw new Error(`Trusted certificate ${index} of factor config ${id}: ${read}`)
    return read
  })
  return { factorConfig: id, authorities }
}

/** Configs that were stored before there was this setting do not have it. */
function trustedCertificates({ trusted_ca_certificates }: Partial<SmartCardSettings>): readonly string[] {
  return trusted_ca_certificates ?? []
}

/** What is wrong with the trusted certificates of a factor config that is to be stored; empty when nothing is. */
export function trustedCertificateMistakes(pems: readonly string[]): readonly TrustedCertificateMistake[] {
  return pems.flatMap((pem, index) => {
    const read = readAuthority(pem)
    return typeof read === 'string' ? [{ index, problem: read }] : []
  })
}

function readAuthority(pem: string): Authority | string {
  const file = Buffer.from(pem)
  const found = certificatesIn(file)
  if (found instanceof Wrong)
    return found.code === 'PRIVATE_KEY' ? 'expected a certificate, not a private key' : EXPECTED
  const [der, another] = found
  const certificate = der === undefined || der === file ? null : parseCertificate(der)
  if (certificate === null || another !== undefined) return EXPECTED
  const authority = certificate.ca ? asAuthority(certificate) : null
  return authority ?? 'expected the certificate of an authority (basicConstraints CA:TRUE)'
}

const EXPECTED = 'expected one X.509 certificate in PEM'

/** Null when its key or its times cannot be read. */
function asAuthority(certificate: X509Certificate): Authority | null {
  const validity = validityOf(certificate)
  try {
    return validity && { certificate, publicKey: certificate.publicKey, validity }
  } catch {
    return null
  }
}

/**
 * Whether a path leads from the certificate to one of the trusted authorities, by way of authorities among `others`:
 * each signed the one before, says that it may, and is valid at `at`. Whether the certificate itself is valid is not
 * asked, nor are path lengths, name constraints, policies and revocation.
 */
export function isTrusted(
  own: X509Certificate,
  others: readonly X509Certificate[],
  { authorities }: TrustedIssuers,
  at: Date,
): boolean {
  if (authorities.length === 0) return true
  const trusted = authorities.filter(({ validity }) => isValidAt(validity, at))
  let between = others
    .filter(({ ca }) => ca)
    .map(asAuthority)
    .filter((authority) => authority !== null)
    .filter(({ validity }) => isValidAt(validity, at))
  // Each authority is reached at most once, by its shortest path: a file of a thousand signatures of one another is
  // no more work than its size.
  let reached: readonly X509Certificate[] = [own]
  for (let length = 1; length <= MAX_PATH && reached.length > 0; length++) {
    if (reached.some((certificate) => trusted.some((authority) => issued(authority, certificate)))) return true
    const next = between.filter((authority) => reached.some((certificate) => issued(authority, certificate)))
    between = between.filter((authority) => !next.includes(authority))
    reached = next.map(({ certificate }) => certificate)
  }
  return false
}

function issued({ certificate, publicKey }: Authority, issue: X509Certificate): boolean {
  try {
    return issue.checkIssued(certificate) && issue.verify(publicKey)
  } catch {
    return false
  }
}
