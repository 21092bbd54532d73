import { integer } from './settings.ts'

const KIB = 1024
const GIB = 1024 ** 3

/** `ARCHIVE_…`: what an uploaded archive may ask of the API, which looks at its end, and of the workers, which read it. */
export const archiveLimit = {
  /** Entries, folders among them. */
  maxEntries: () => integer(1, 10_000_000).default(1_000_000),
  /** Bytes of one file, unpacked. */
  maxEntryBytes: () => integer(KIB, 64 * KIB * KIB).default(KIB * KIB),
  /** Bytes of all files together, unpacked. */
  maxUnpackedBytes: () => integer(1, KIB * GIB).default(4 * GIB),
  /** How many times larger than packed a file of more than 1 MiB may be when unpacked. */
  maxRatio: () => integer(1, 10_000).default(200),
  /** Bytes of the list of files at the archive's end. */
  maxDirectoryBytes: () => integer(KIB, 4 * GIB).default(256 * KIB * KIB),
} as const

interface ArchiveSettings {
  readonly ARCHIVE_MAX_ENTRIES: number
  readonly ARCHIVE_MAX_ENTRY_BYTES: number
  readonly ARCHIVE_MAX_UNPACKED_BYTES: number
  readonly ARCHIVE_MAX_RATIO: number
  readonly ARCHIVE_MAX_DIRECTORY_BYTES: number
}

/** The limits that these settings are. */
export function archiveLimits(settings: ArchiveSettings): { readonly [L in keyof typeof archiveLimit]: number } {
  return {
    maxEntries: settings.ARCHIVE_MAX_ENTRIES,
    maxEntryBytes: settings.ARCHIVE_MAX_ENTRY_BYTES,
    maxUnpackedBytes: settings.ARCHIVE_MAX_UNPACKED_BYTES,
    maxRatio: settings.ARCHIVE_MAX_RATIO,
    maxDirectoryBytes: settings.ARCHIVE_MAX_DIRECTORY_BYTES,
  }
}
