import { crc32 } from 'node:zlib'
import type { ArchiveContents, ArchiveEntry, EntryMistake, StoredArchive } from '@muster/engine/ports'
import { LOCAL_HEADER_BYTES } from './directory.ts'
import { isArchive } from './nested-archive.ts'
import { unpack } from './unpack.ts'
import { ArchiveWindow } from './window.ts'

const LOCAL_HEADER = 0x04034b50
/** What name and extra fields of a local header take, mostly; with it one read is enough for one entry. */
const LIKELY_NAME_BYTES = 512

const DAMAGED: EntryMistake = { code: 'ENTRY_DAMAGED' }

/** Reads what is in entries. One block of the archive and one file are in memory at a time. */
export function archiveContents(archive: StoredArchive): ArchiveContents {
  const window = new ArchiveWindow(archive)
  return {
    async read(entry) {
      if (entry.mistake !== null) return entry.mistake
      const packed = await readPacked(window, archive.bytes, entry)
      return packed instanceof Uint8Array ? checkFile(entry, unpack(entry, packed)) : packed
    },
  }
}

/** The bytes of an entry as they are in the archive, after its local header. */
async function readPacked(
  window: ArchiveWindow,
  archiveBytes: number,
  entry: ArchiveEntry,
): Promise<Uint8Array | EntryMistake> {
  const headerEnd = entry.offset + LOCAL_HEADER_BYTES
  if (headerEnd > archiveBytes) return DAMAGED
  const likelyEnd = Math.min(headerEnd + LIKELY_NAME_BYTES + entry.packedBytes, archiveBytes)
  const header = window.held(entry.offset, headerEnd) ?? (await window.load(entry.offset, likelyEnd))
  if (header.readUInt32LE(0) !== LOCAL_HEADER) return DAMAGED
  if ((header.readUInt16LE(6) & 0x1) !== 0) return { code: 'ENTRY_ENCRYPTED' }
  if (header.readUInt16LE(8) !== entry.method) return DAMAGED
  // Sizes and CRC-32 are the directory's: here they may be zeros, and follow the data (APPNOTE 4.4.4, bit 3).
  const start = headerEnd + header.readUInt16LE(26) + header.readUInt16LE(28)
  const end = start + entry.packedBytes
  if (end > archiveBytes) return DAMAGED
  return window.held(start, end) ?? (await window.load(start, end))
}

function checkFile(entry: ArchiveEntry, file: Uint8Array | null): Uint8Array | EntryMistake {
  if (file === null) return DAMAGED
  if (crc32(file) !== entry.crc32) return { code: 'CRC_MISMATCH' }
  return isArchive(file) ? { code: 'NESTED_ARCHIVE' } : file
}
