/** What an archive may ask of us. All are kept before the first entry is unpacked. */
export interface ArchiveLimits {
  /** Entries, folders and other entries that are no rows among them. */
  readonly maxEntries: number
  /** Bytes of one file, unpacked. One that is larger fails its row; the others fail the archive. */
  readonly maxEntryBytes: number
  /** Bytes of all files together, unpacked, as the directory tells them. */
  readonly maxUnpackedBytes: number
  /** How many times larger than packed a file may be when unpacked; one of up to 1 MiB may be more. */
  readonly maxRatio: number
  /** Bytes from where the directory begins to the end of the archive. */
  readonly maxDirectoryBytes: number
}

const MIB = 1024 * 1024

export const ARCHIVE_LIMITS: ArchiveLimits = {
  maxEntries: 1_000_000,
  maxEntryBytes: MIB,
  maxUnpackedBytes: 4096 * MIB,
  maxRatio: 200,
  maxDirectoryBytes: 256 * MIB,
}

/** Bytes of a file up to which its ratio does not matter: a page of one repeated letter is no bomb. */
export const RATIO_FREE_BYTES = MIB
