import { constants, crc32, deflateRawSync } from 'node:zlib'
import { type ZipEntry, zip } from '@muster/testkit'

const kernel = Buffer.alloc(1024 * 1024)
const packedKernel = deflateRawSync(kernel, { level: 9 })
const honest = { bytes: kernel.length, packedBytes: packedKernel.length, crc32: crc32(kernel), packed: packedKernel }

/** Every entry is the same file: the directory alone tells of so many. */
export function fullyOverlapping(entries: number): Buffer {
  const names = Array.from({ length: entries }, (_, index) => `${index}`)
  return zip(names.map((name, index) => ({ ...honest, name, offset: 0, isWritten: index === 0 })))
}

/** Bytes of a local header with a name of six letters, and of what begins a stored block of Deflate. */
const HEADER_BYTES = 36
const BLOCK_BYTES = 5

/**
 * The bomb of David Fifield: each file is a stored block of Deflate that quotes the local header of the next one, and
 * goes on as that file. Every local header is true, and no two entries begin at the same place.
 */
export function quotedHeaders(entries: number): Buffer {
  const directory: ZipEntry[] = []
  let packed = packedKernel
  let file = kernel
  for (let index = entries - 1; index >= 0; index -= 1) {
    const offset = index * (HEADER_BYTES + BLOCK_BYTES)
    const bytes = { bytes: file.length, packed, packedBytes: packed.length, crc32: crc32(file) }
    const entry = { ...bytes, name: `${index}`.padStart(6, '0'), offset, isWritten: index === 0 }
    const header = zip([{ ...entry, isWritten: true }]).subarray(0, HEADER_BYTES)
    directory.unshift(entry)
    packed = Buffer.concat([Buffer.from([0, HEADER_BYTES, 0, 0xff - HEADER_BYTES, 0xff]), header, packed])
    file = Buffer.concat([header, file])
  }
  return zip(directory)
}

/** Files that say they are of 300 KB, and are of 512 MiB. */
export function lyingBombs(entries: number): Buffer {
  // Without an end, so that it can be repeated.
  const part = deflateRawSync(Buffer.alloc(16 * 1024 * 1024), { level: 9, finishFlush: constants.Z_SYNC_FLUSH })
  const packed = Buffer.concat([...Array.from({ length: 32 }, () => part), deflateRawSync(Buffer.alloc(0))])
  const names = Array.from({ length: entries }, (_, index) => `${index}`)
  return zip(names.map((name) => ({ name, packed, bytes: 300_000, crc32: 0 })))
}

/** Names as long as they can be, with as many extra fields as they can have. */
export function longNames(entries: number): Buffer {
  const name = Buffer.alloc(0xffff, 0x94)
  const centralExtra = Buffer.alloc(0xfffc).fill(Buffer.from([0x99, 0x99, 0, 0]))
  return zip(Array.from({ length: entries }, () => ({ name, centralExtra, method: 0 })))
}
