import { randomBytes } from 'node:crypto'
import { type ZipEntry, zip } from '@muster/testkit'
import { newSigner, selfMade } from '../../../../bench/certificates.ts'
import { addressOf, nameOf, pem, TWINS } from './card-holders.ts'
import type { Planted } from './upload.ts'

/** The certificates that users should have, those of an archive's good rows. */
export interface Certificates {
  /** In DER; of the user of that number, from 1. */
  of(n: number): Buffer
}

/** A file that must fail. */
export interface BadCard {
  readonly entry: ZipEntry
  readonly mistakes: readonly Omit<Planted, 'row'>[]
}

type Mistake = BadCard['mistakes'][number]

/**
 * The ways to be bad, for the row of number n. The row before it is good, and so are the first two; nobody but this
 * row's own user goes without for it.
 */
const WAYS: readonly ((n: number, certificates: Certificates) => BadCard)[] = [
  (n) => bad({ name: nameOf(n), data: Buffer.from('no certificate') }, inFile('NOT_A_CERTIFICATE')),
  (n, { of }) => bad({ name: nameOf(n), data: withPrivateKey(of(n)) }, inFile('PRIVATE_KEY')),
  (n, { of }) => bad({ name: nameOf(n), data: of(n), crc32: n }, inFile('CRC_MISMATCH')),
  (n, { of }) => bad({ name: nameOf(n), data: of(n), flags: 0x1 }, inFile('ENTRY_ENCRYPTED')),
  (n, { of }) => bad({ name: nameOf(n), data: of(n), method: 14 }, inFile('UNSUPPORTED_METHOD')),
  (n, { of }) => bad({ name: nameOf(n), data: of(n), packed: Buffer.alloc(100, 0xff) }, inFile('ENTRY_DAMAGED')),
  // Packed no smaller than a hundredth, since more would be a bomb, which the whole archive is refused for.
  (n) => bad({ name: nameOf(n), data: randomBytes(11_000), bytes: 1_048_577 }, inFile('ENTRY_TOO_LARGE')),
  (n) => bad({ name: nameOf(n), data: zip([{ name: 'inner.cer' }]) }, inFile('NESTED_ARCHIVE')),
  (n) => bad({ name: nameOf(n), data: Buffer.from('/etc/passwd'), unixMode: 0o120777 }, inFile('SYMLINK')),
  (n) => bad({ name: nameOf(n), data: certificateFrom(n, '2020-01-01', '2021-01-01') }, inFile('CERTIFICATE_EXPIRED')),
  (n) =>
    bad({ name: nameOf(n), data: certificateFrom(n, '2048-01-01', '2049-01-01') }, inFile('CERTIFICATE_NOT_YET_VALID')),
  (n, { of }) =>
    bad({ name: nameOf(n), data: Buffer.from(pem(of(n)) + pem(of(n - 1))) }, inFile('SEVERAL_CERTIFICATES')),
  (n, { of }) => bad({ name: `nobody-${nameOf(n)}`, data: of(n) }, inName('USER_NOT_FOUND')),
  (n, { of }) => bad({ name: `${TWINS}.cer`, data: of(n) }, inName('USER_AMBIGUOUS')),
  (n, { of }) => bad({ name: `${addressOf(n)}.txt`, data: of(n) }, inName('INVALID_FILE_NAME')),
  (n, { of }) => bad({ name: nameOf(n - 1), data: of(n) }, second(n - 1)),
  (n, { of }) => bad({ name: nameOf(1), data: of(n) }, second(1)),
  (n, { of }) => bad({ name: nameOf(n), data: of(n - 1) }, inFile('CERTIFICATE_ENROLLED')),
  (n, { of }) => bad({ name: nameOf(n), data: of(2) }, inFile('CERTIFICATE_ENROLLED')),
  () => bad({ name: 'nobody', data: Buffer.alloc(9) }, inName('INVALID_FILE_NAME'), inFile('NOT_A_CERTIFICATE')),
  (n) =>
    bad({ name: `nobody-${nameOf(n)}`, data: Buffer.alloc(9) }, inFile('NOT_A_CERTIFICATE'), inName('USER_NOT_FOUND')),
  (n) =>
    bad(
      { name: nameOf(n - 1), data: certificateFrom(n, '2020-01-01', '2021-01-01') },
      inFile('CERTIFICATE_EXPIRED'),
      second(n - 1),
    ),
]

/** The file of row n, the `index`th that is bad: each way to be bad has its turn. */
export function badCard(index: number, n: number, certificates: Certificates): BadCard {
  const way = WAYS[index % WAYS.length]
  if (way === undefined) throw new RangeError('there is no way to be bad')
  return way(n, certificates)
}

function bad(entry: ZipEntry, ...mistakes: readonly Mistake[]): BadCard {
  return { entry, mistakes }
}

function inFile(code: string): Mistake {
  return { code, column: null, firstRow: null }
}

function inName(code: string): Mistake {
  return { code, column: 'file', firstRow: null }
}

function second(firstRow: number): Mistake {
  return { code: 'DUPLICATE_KEY', column: 'file', firstRow }
}

function certificateFrom(n: number, notBefore: string, notAfter: string): Buffer {
  const name = addressOf(n)
  const validity = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) }
  return selfMade({ serial: n, commonName: name, emails: [name], ...validity }, newSigner())
}

function withPrivateKey(certificate: Buffer): Buffer {
  const key = newSigner().privateKey.export({ type: 'pkcs8', format: 'pem' })
  return Buffer.from(`${pem(certificate)}${String(key)}`)
}
