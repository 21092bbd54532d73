import type { EntryMistake } from '@muster/engine/ports'
import type { Entry } from 'yauzl'
import type { ArchiveLimits } from './archive-limits.ts'

const STORED = 0
const DEFLATED = 8
const ENCRYPTED_FLAG = 0x1
/** Systems whose file modes are those of Unix (APPNOTE 4.4.2). */
const UNIX_SYSTEMS: readonly number[] = [3, 19]
const FILE_TYPE = 0o170000
const REGULAR_FILE = 0o100000

/** What the directory alone tells to be wrong with a file, the first if it is several things; null when nothing is. */
export function mistakeOf(entry: Entry, limits: ArchiveLimits): EntryMistake | null {
  if (isSpecial(entry)) return { code: 'SYMLINK' }
  if ((entry.generalPurposeBitFlag & ENCRYPTED_FLAG) !== 0) return { code: 'ENTRY_ENCRYPTED' }
  const method = entry.compressionMethod
  if (method !== STORED && method !== DEFLATED) return { code: 'UNSUPPORTED_METHOD', params: { method } }
  if (entry.uncompressedSize > limits.maxEntryBytes) {
    return { code: 'ENTRY_TOO_LARGE', params: { max: limits.maxEntryBytes } }
  }
  return canHoldFile(entry) ? null : { code: 'ENTRY_DAMAGED' }
}

/** Whether modes and names of the entry are those of Unix, macOS included. */
export function isMadeOnUnix(entry: Entry): boolean {
  return UNIX_SYSTEMS.includes(entry.versionMadeBy >>> 8)
}

/** A link, device, pipe or folder of Unix. */
function isSpecial(entry: Entry): boolean {
  if (!isMadeOnUnix(entry)) return false
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE
  return type !== 0 && type !== REGULAR_FILE
}

/**
 * Whether the packed size fits the file's. Deflate adds an eighth at worst, so that an entry of twice the file's size
 * is padded, with what would be read into memory for nothing.
 */
function canHoldFile(entry: Entry): boolean {
  if (entry.compressionMethod === STORED) return entry.compressedSize === entry.uncompressedSize
  return entry.compressedSize <= 2 * entry.uncompressedSize + 1024
}
