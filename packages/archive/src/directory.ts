import type { ArchiveEntry, StoredArchive } from '@muster/engine/ports'
import type { Entry } from 'yauzl'
import { type ArchiveLimits, RATIO_FREE_BYTES } from './archive-limits.ts'
import { mistakeOf } from './entry-mistake.ts'
import { entryName, isRowName } from './entry-name.ts'
import { Extents } from './extents.ts'
import { type OpenDirectory, openDirectory } from './open-directory.ts'
import { refused } from './refusals.ts'

/** Bytes of a local header without its name and extra fields. */
export const LOCAL_HEADER_BYTES = 30

/** A batch ends with whichever comes first: names may be 64 KiB long. */
const BATCH_ENTRIES = 1000
const BATCH_NAME_LENGTH = 1024 * 1024

/** The entries that are rows, in batches; throws `ArchiveRefused`, after the last at the latest. */
export async function* readDirectory(
  archive: StoredArchive,
  limits: ArchiveLimits,
): AsyncIterable<readonly ArchiveEntry[]> {
  const directory = await openDirectory(archive, limits)
  const tally = new Tally(limits, directory)
  let batch: ArchiveEntry[] = []
  let nameLength = 0
  for await (const entry of directory.entries()) {
    tally.add(entry)
    const file = entryName(entry)
    if (!isRowName(file)) continue
    batch.push(toArchiveEntry(entry, file, limits))
    nameLength += file.length
    if (batch.length < BATCH_ENTRIES && nameLength < BATCH_NAME_LENGTH) continue
    yield batch
    batch = []
    nameLength = 0
  }
  tally.close()
  if (batch.length > 0) yield batch
}

function toArchiveEntry(entry: Entry, file: string, limits: ArchiveLimits): ArchiveEntry {
  return {
    file,
    offset: entry.relativeOffsetOfLocalHeader,
    packedBytes: entry.compressedSize,
    bytes: entry.uncompressedSize,
    crc32: entry.crc32,
    method: entry.compressionMethod,
    mistake: mistakeOf(entry, limits),
  }
}

/** Holds an archive to the limits that need all entries; those that are no rows count like others. */
class Tally {
  readonly #limits: ArchiveLimits
  readonly #directory: OpenDirectory
  readonly #extents: Extents
  #entries = 0
  #unpackedBytes = 0

  constructor(limits: ArchiveLimits, directory: OpenDirectory) {
    this.#limits = limits
    this.#directory = directory
    this.#extents = new Extents(Math.min(limits.maxEntries, directory.capacity))
  }

  add(entry: Entry): void {
    const { maxEntries, maxUnpackedBytes, maxRatio } = this.#limits
    const { relativeOffsetOfLocalHeader: start, compressedSize: packed, uncompressedSize: unpacked } = entry
    this.#entries += 1
    this.#unpackedBytes += unpacked
    if (this.#entries > maxEntries) throw refused.tooManyEntries(maxEntries)
    if (this.#unpackedBytes > maxUnpackedBytes) throw refused.tooLarge(maxUnpackedBytes)
    if (unpacked > RATIO_FREE_BYTES && unpacked > maxRatio * packed) throw refused.bomb(maxRatio)
    this.#extents.add(start, start + LOCAL_HEADER_BYTES + entry.fileNameLength + packed)
  }

  /** When the last entry is there. */
  close(): void {
    if (!this.#extents.areApart(this.#directory.startsAt)) throw refused.overlapping()
  }
}
