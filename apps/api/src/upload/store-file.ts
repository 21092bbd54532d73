import { createHash } from 'node:crypto'
import type { FileStore } from '@muster/engine'
import type { ReceivedFile } from './upload.ts'
import { storageRefusal, tooLarge } from './upload-refusals.ts'

/** Bytes of the file's beginning that are kept for reading its header. */
const SAMPLE_BYTES = 64 * 1024

interface StoringRules {
  readonly maxBytes: number
  /** What to throw when the bytes' source throws. */
  readonly broken: (error: unknown) => unknown
}

/**
 * Streams a file into the file store. Throws a Refusal when it is too large or the disk is full, what
 * `broken` makes of the source's error, or what the file store throws; nothing is stored then.
 */
export async function storeFile(
  files: FileStore,
  key: string,
  source: AsyncIterable<Uint8Array>,
  { maxBytes, broken }: StoringRules,
): Promise<Pick<ReceivedFile, 'bytes' | 'sha256' | 'sample'>> {
  const hash = createHash('sha256')
  const sample: Uint8Array[] = []
  let bytes = 0
  // When the source fails, that is what to tell, and not what the store makes of it.
  let failure: unknown = null
  async function* received(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of source) {
        hash.update(chunk)
        if (bytes < SAMPLE_BYTES) sample.push(Buffer.from(chunk.subarray(0, SAMPLE_BYTES - bytes)))
        bytes += chunk.length
        if (bytes > maxBytes) break
        yield chunk
      }
    } catch (error) {
      failure = broken(error)
    }
    if (bytes > maxBytes) failure = tooLarge(maxBytes)
    if (failure !== null) throw failure
  }
  try {
    await files.write(key, received())
  } catch (error) {
    throw failure ?? storageRefusal(error)
  }
  return { bytes, sha256: hash.digest('hex'), sample: Buffer.concat(sample) }
}
