import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ZipEntry, zip } from '@muster/testkit'
import { selfMadeCertificates } from '../../../../bench/certificates.ts'
import { badCard, type Certificates } from './bad-cards.ts'
import { addressOf, HOLDER, nameOf, pem } from './card-holders.ts'
import type { Planted } from './upload.ts'

/** One row in so many is bad: 80 of 16,000. */
const BAD_EVERY = 200
const BAD_AT = 17
/** One row in so many is enrolled before, and none of those is bad. */
const ENROLLED_EVERY = 50
const FIRST_LINE_OF_KEY = /-BEGIN PRIVATE KEY-----\n(.{64})\n/
const FIRST_LINE_OF_CERTIFICATE = /-BEGIN CERTIFICATE-----\n(.{64})\n/
const NO_ROWS_EVERY = 1_000
/** Of so many certificates there are pieces to search for. */
const SEARCHED = 100

/** A user, and the certificate that is his. */
export interface Holder {
  readonly userId: string
  /** Of SHA-256, lower-case hex. */
  readonly fingerprint: string
}

/** An archive whose outcome is known. Row n is the certificate of user n, but for those planted to fail. */
export interface CardsArchive {
  readonly path: string
  readonly rows: number
  readonly planted: readonly Planted[]
  /** An archive of those certificates of it that are to be enrolled before. */
  readonly pathOfBefore: string
  readonly enrolledBefore: readonly number[]
  /** Who must be enrolled in the end. */
  readonly holders: readonly Holder[]
  /** Pieces of names and files, of which neither logs nor Redis may have any. */
  readonly secrets: readonly string[]
}

/** Makes an archive and the one to be enrolled before it. */
export async function writeCardsArchive(folder: string, rows: number): Promise<CardsArchive> {
  const made = [...selfMadeCertificates(rows, addressOf)]
  const certificates: Certificates = { of: (n) => made[n - 1] ?? Buffer.alloc(0) }
  const planted: Planted[] = []
  const holders: Holder[] = []
  const entries: ZipEntry[] = []
  let bad = 0
  for (let n = 1; n <= rows; n++) {
    if (n % NO_ROWS_EVERY === 1) entries.push(...noRows(n))
    if (n % BAD_EVERY === BAD_AT) {
      const { entry, mistakes } = badCard(bad++, n, certificates)
      entries.push(entry)
      planted.push(...mistakes.map((mistake) => ({ row: n, ...mistake })))
    } else {
      entries.push(goodCard(n, certificates.of(n)))
      holders.push({ userId: `${HOLDER}${n}`, fingerprint: fingerprint(certificates.of(n)) })
    }
  }
  const before = Array.from({ length: rows / ENROLLED_EVERY }, (_, index) => (index + 1) * ENROLLED_EVERY)
  const path = join(folder, `cards-${rows}.zip`)
  const pathOfBefore = join(folder, `cards-before-${rows}.zip`)
  await writeFile(path, zip(entries))
  await writeFile(pathOfBefore, zip(before.map((n) => ({ name: nameOf(n), data: certificates.of(n) }))))
  return { path, rows, planted, pathOfBefore, enrolledBefore: before, holders, secrets: secretsOf(entries, holders) }
}

/** The same in many ways: DER and PEM, packed and not, in folders, in capitals, with sizes before the data or after. */
function goodCard(n: number, der: Buffer): ZipEntry {
  const isPem = n % 2 === 0
  const address = n % 5 === 0 ? addressOf(n).toUpperCase() : addressOf(n)
  return {
    name: `${n % 3 === 0 ? `cards/${n % 7}/` : ''}${address}${isPem ? '.pem' : '.CER'}`,
    data: isPem ? Buffer.from(pem(der)) : der,
    method: n % 4 === 1 ? 0 : 8,
    flags: n % 11 === 0 ? 0x8 : 0,
  }
}

/** Entries that are no rows. */
function noRows(n: number): readonly ZipEntry[] {
  const data = Buffer.from('no row')
  return [{ name: `cards/${n}/` }, { name: `__MACOSX/._${nameOf(n)}`, data }, { name: `cards/${n}/.DS_Store`, data }]
}

/** Names, which are in the certificates too, lines of certificates and keys in base64, and fingerprints. */
function secretsOf(entries: readonly ZipEntry[], holders: readonly Holder[]): readonly string[] {
  const texts = entries.map(({ data }) => Buffer.from(data ?? '').toString('latin1'))
  const keys = texts.flatMap((text) => FIRST_LINE_OF_KEY.exec(text)?.[1] ?? [])
  const certificates = texts.flatMap((text) => FIRST_LINE_OF_CERTIFICATE.exec(text)?.[1] ?? [])
  const fingerprints = holders.map((holder) => holder.fingerprint)
  return [HOLDER, HOLDER.toUpperCase(), ...keys, ...certificates.slice(0, SEARCHED), ...fingerprints.slice(0, SEARCHED)]
}

function fingerprint(der: Buffer): string {
  return createHash('sha256').update(der).digest('hex')
}
