import type { RowCode, RowParams } from '@muster/contracts'

/** An archive in the file store, of which any part can be read. */
export interface StoredArchive {
  readonly bytes: number
  /** The bytes from `fromByte` up to, and without, `toByte`. Throws `FileMissing` at the first read. */
  read(fromByte: number, toByte: number): AsyncIterable<Uint8Array>
}

/** Why an entry cannot be used. */
export interface EntryMistake {
  readonly code: RowCode
  readonly params?: RowParams | undefined
}

/** An entry of an archive that stands for a row, as the archive's directory tells it. */
export interface ArchiveEntry {
  /** Its name with its folders, separated by `/`, in NFC. */
  readonly file: string
  /** Where its local header is in the archive. */
  readonly offset: number
  readonly packedBytes: number
  /** Unpacked, as the directory says; never more than an entry may have unless `mistake` says so. */
  readonly bytes: number
  readonly crc32: number
  /** 0 stored, 8 deflated (APPNOTE 4.4.5). */
  readonly method: number
  /** What is wrong with it by the directory alone; null when nothing is. */
  readonly mistake: EntryMistake | null
}

/** The archive as a whole cannot be used: no ZIP, damaged, or beyond a limit. The message is a sentence for its sender. */
export class ArchiveRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ArchiveRefused'
  }
}

/** Reads archives within limits, whoever made them. Memory is bounded by the limits, not by the archive. */
export interface ArchiveReader {
  /**
   * Throws `ArchiveRefused` for what is no archive, or breaks a limit that its end tells. Reads that end alone.
   */
  check(archive: StoredArchive): Promise<void>
  /**
   * The entries that stand for rows, in the order of the archive's directory, in batches. Folders, `__MACOSX/` and
   * dot files are none. Throws `ArchiveRefused`, also after the last entry: only then the archive keeps the limits.
   */
  entries(archive: StoredArchive): AsyncIterable<readonly ArchiveEntry[]>
  /** For reading what is in entries; cheapest in the order in which they lie in the archive. */
  contents(archive: StoredArchive): ArchiveContents
}

/** The files in an archive. */
export interface ArchiveContents {
  /** The unpacked file, checked against its size and CRC-32, or why it cannot be used. Throws `FileMissing`. */
  read(entry: ArchiveEntry): Promise<Uint8Array | EntryMistake>
}
