import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { selfMadeCertificates } from './certificates.ts'
import { emailOf } from './files.ts'

/**
 * Writes a ZIP of a certificate for each user of a number up to `count`, named for the user's address, deflated. Its
 * writer is not Muster's, and keeps of an entry what its central directory says alone.
 */
export async function writeCertificates(path: string, count: number): Promise<void> {
  const zip = new ZipFile()
  const written = new Promise<void>((resolve, reject) => {
    zip.once('error', reject)
    pipeline(zip.outputStream, createWriteStream(path)).then(resolve, reject)
  })
  // Entries are asked for one after the other, when the one before is written.
  const certificates = selfMadeCertificates(count, emailOf)
  for (let n = 1; n <= count; n++) {
    zip.addReadStreamLazy(`${emailOf(n)}.cer`, (give) => {
      const { value } = certificates.next()
      if (value) give(null, Readable.from([value]))
      else give(new Error('there are fewer certificates than entries'), Readable.from([]))
    })
  }
  zip.end()
  await written
}
