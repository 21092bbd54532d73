import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** What one of the certificates says. */
export interface Said {
  /** Above 0. */
  readonly serial: number
  /** Null: it names nobody. */
  readonly commonName: string | null
  /** Its alternative names: email addresses, in ASCII. */
  readonly emails: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
}

/** A key, and its public half as certificates hold it. */
export interface Signer {
  readonly privateKey: KeyObject
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer
}

const SIGNERS = 16
const VALID = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2049-12-31T23:59:59Z') }

/**
 * Certificates in DER without openssl, some ten thousand a second: of P-256, each with its own serial number and
 * subject, signed with its own key, of which there are 16.
 *
 * @param nameOf the common name and email address of the certificate of a number from 1
 */
export function* selfMadeCertificates(count: number, nameOf: (n: number) => string): Generator<Buffer> {
  const signers = Array.from({ length: SIGNERS }, newSigner)
  for (let n = 1; n <= count; n++) {
    const signer = signers[n % SIGNERS]
    if (signer) yield selfMade({ serial: n, commonName: nameOf(n), emails: [nameOf(n)], ...VALID }, signer)
  }
}

export function newSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }) }
}

/** A certificate of version 3 (RFC 5280 §4.1), in DER. */
export function selfMade({ serial, commonName, emails, notBefore, notAfter }: Said, signer: Signer): Buffer {
  const name = distinguishedName(commonName)
  const signed = der(
    0x30,
    VERSION_3,
    integer(serial),
    ECDSA_WITH_SHA256,
    name,
    der(0x30, time(notBefore), time(notAfter)),
    name,
    signer.publicKey,
    ...(emails.length === 0 ? [] : [extensions(emails)]),
  )
  return der(0x30, signed, ECDSA_WITH_SHA256, der(0x03, ZERO, sign('sha256', signed, signer.privateKey)))
}

const ZERO = Buffer.of(0)
const VERSION_3 = Buffer.from('a003020102', 'hex')
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex')
const COMMON_NAME = Buffer.from('0603550403', 'hex')
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex')

function distinguishedName(commonName: string | null): Buffer {
  if (commonName === null) return der(0x30)
  return der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from(commonName)))))
}

function extensions(emails: readonly string[]): Buffer {
  const names = der(0x30, ...emails.map((email) => der(0x81, Buffer.from(email, 'latin1'))))
  return der(0xa3, der(0x30, der(0x30, SUBJECT_ALT_NAME, der(0x04, names))))
}

function integer(value: number): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return der(0x02, ...((bytes[0] ?? 0) < 0x80 ? [] : [ZERO]), bytes)
}

/** UTCTime up to 2049, GeneralizedTime beyond. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(0, 14)
  const year = date.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`))
}

/** An element with a definite length in its shortest form (X.690 §10.1). */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.of(tag, ...lengthOctets(length)), ...parts])
}

function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff]
  return [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
}
