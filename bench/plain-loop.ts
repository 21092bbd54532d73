import { X509Certificate } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type Entry, open, type ZipFile } from 'yauzl'

/** What one would keep of a certificate. */
interface Card {
  readonly subject: string
  readonly issuer: string
  readonly serialNumber: string
  readonly fingerprint: string
  readonly notBefore: string
  readonly notAfter: string
  readonly publicKey: Buffer
  readonly subjectAltName: string | undefined
}

/**
 * The seconds that the loop takes which one would write for a trusted archive: every certificate is unpacked and read,
 * one after the other, and nothing is done with it. Throws when they are not `count`.
 */
export async function plainLoopSeconds(path: string, count: number): Promise<number> {
  const began = performance.now()
  const read = await readAll(path)
  const seconds = (performance.now() - began) / 1_000
  if (read !== count) throw new Error(`the plain loop read ${read} certificates, expected ${count}`)
  return seconds
}

async function readAll(path: string): Promise<number> {
  const zip = await opened(path)
  return new Promise((resolve, reject) => {
    let read = 0
    const readEntry = (entry: Entry): void => {
      zip.openReadStream(entry, (error, stream) => {
        if (error !== null) {
          reject(error)
          return
        }
        collect(stream)
          .then((file) => {
            if (cardOf(file).subject !== '') read++
            zip.readEntry()
          })
          .catch(reject)
      })
    }
    zip.on('entry', readEntry)
    zip.on('end', () => resolve(read))
    zip.on('error', reject)
    zip.readEntry()
  })
}

function opened(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(path, { lazyEntries: true }, (error, zip) => (error === null ? resolve(zip) : reject(error)))
  })
}

function collect(stream: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => resolve(Buffer.concat(parts)))
    stream.on('error', reject)
  })
}

function cardOf(file: Buffer): Card {
  const certificate = new X509Certificate(file)
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber,
    fingerprint: certificate.fingerprint256,
    notBefore: certificate.validFrom,
    notAfter: certificate.validTo,
    publicKey: certificate.publicKey.export({ type: 'spki', format: 'der' }),
    subjectAltName: certificate.subjectAltName,
  }
}
