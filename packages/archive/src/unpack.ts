import { inflateRawSync } from 'node:zlib'
import type { ArchiveEntry } from '@muster/engine/ports'

const STORED = 0
/** The least that zlib takes as the size of its output's parts. */
const MIN_CHUNK_BYTES = 64

/**
 * The file of packed bytes, a copy; null when they do not hold exactly a file of the entry's size. At most one byte
 * more than that is unpacked, whatever the packed bytes would come to.
 */
export function unpack(entry: ArchiveEntry, packed: Uint8Array): Uint8Array | null {
  const file = entry.method === STORED ? Uint8Array.from(packed) : inflate(packed, entry.bytes)
  return file?.length === entry.bytes ? file : null
}

function inflate(packed: Uint8Array, bytes: number): Uint8Array | null {
  try {
    const inflated: unknown = inflateRawSync(packed, {
      info: true,
      maxOutputLength: bytes + 1,
      // The whole file in one part; the default would allocate 16 KiB for each small one.
      chunkSize: Math.max(bytes + 1, MIN_CHUNK_BYTES),
    })
    return isWithInfo(inflated) && inflated.engine.bytesWritten === packed.length ? inflated.buffer : null
  } catch (error) {
    if (isDamage(error)) return null
    throw error
  }
}

/** What zlib returns with `info`, which its declarations leave out; `bytesWritten` is how much was unpacked. */
interface WithInfo {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

function isWithInfo(inflated: unknown): inflated is WithInfo {
  return typeof inflated === 'object' && inflated !== null && 'engine' in inflated
}

const DAMAGE: readonly unknown[] = ['ERR_BUFFER_TOO_LARGE', 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT']

/** Whether the packed bytes are at fault, and not that there is no memory. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && DAMAGE.includes(error.code)
}
