import type { StoredArchive } from '@muster/engine/ports'
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl'
import type { ArchiveLimits } from './archive-limits.ts'
import { refusalOf, refused } from './refusals.ts'
import { ArchiveWindow } from './window.ts'

const CENTRAL_HEADER = 0x02014b50
/** Bytes of an entry of the directory without its name, extra fields and comment. */
const CENTRAL_HEADER_BYTES = 46

/** An archive's central directory, of which its end record has been read. */
export interface OpenDirectory {
  /** Where it begins in the archive. */
  readonly startsAt: number
  /** How many entries there can be at most. */
  readonly capacity: number
  /** All entries, in order. Throws `ArchiveRefused` for a damaged directory. */
  entries(): AsyncIterable<Entry>
}

/** Reads the end record. Throws `ArchiveRefused` for what is no archive, or breaks a limit that the end record tells. */
export async function openDirectory(archive: StoredArchive, limits: ArchiveLimits): Promise<OpenDirectory> {
  const reader = new WindowReader(archive)
  const zip = await reader.told(
    fromRandomAccessReaderPromise(reader, archive.bytes, {
      // One name that cannot be read must not end the archive, nor one stored file whose sizes differ: they fail rows.
      decodeStrings: false,
      validateEntrySizes: false,
      autoClose: false,
    }),
  )
  // It is declared a boolean, and is the offset of the next entry.
  const startsAt = Number(zip.readEntryCursor)
  const bytes = archive.bytes - startsAt
  if (zip.entryCount > limits.maxEntries) throw refused.tooManyEntries(limits.maxEntries)
  if (bytes > limits.maxDirectoryBytes) throw refused.largeDirectory(limits.maxDirectoryBytes)
  if (zip.entryCount * CENTRAL_HEADER_BYTES > bytes) throw refused.damaged()
  return { startsAt, capacity: Math.floor(bytes / CENTRAL_HEADER_BYTES), entries: () => readEntries(zip, reader) }
}

/**
 * yauzl stops at the number of entries in the end record. Archivers without ZIP64 write that number modulo 65,536
 * (some of macOS do), so that reading goes on while entries follow; the number must be true in that sense.
 */
async function* readEntries(zip: ZipFile, reader: WindowReader): AsyncIterable<Entry> {
  const announced = zip.entryCount
  const entries = zip.eachEntry()
  while (true) {
    if (zip.entriesRead === zip.entryCount && (await reader.isHeader(Number(zip.readEntryCursor)))) zip.entryCount += 1
    const next = await reader.told(entries.next())
    if (next.done === true) break
    yield next.value
  }
  if ((zip.entriesRead - announced) % 0x10000 !== 0) throw refused.damaged()
}

/** What yauzl reads from: the window, without a turn of the event loop for bytes that it holds. */
class WindowReader extends RandomAccessReader {
  readonly #archive: StoredArchive
  readonly #window: ArchiveWindow
  #failure: unknown

  constructor(archive: StoredArchive) {
    super()
    this.#archive = archive
    this.#window = new ArchiveWindow(archive)
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const held = this.#window.held(position, position + length)
    if (held !== null) {
      buffer.set(held, offset)
      callback(null)
      return
    }
    this.#window
      .load(position, position + length)
      .then((bytes) => {
        buffer.set(bytes, offset)
        callback(null)
      })
      .catch((error: unknown) => {
        this.#failure = error
        callback(error instanceof Error ? error : new Error('the archive could not be read', { cause: error }))
      })
  }

  /** The same promise, that tells what the store threw as it was, and what yauzl threw as `ArchiveRefused`. */
  async told<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise
    } catch (error) {
      throw this.#failure ?? refusalOf(error)
    }
  }

  /** Whether an entry of the directory begins here. */
  async isHeader(position: number): Promise<boolean> {
    const end = position + 4
    if (end > this.#archive.bytes) return false
    const bytes = this.#window.held(position, end) ?? (await this.#window.load(position, end))
    return bytes.readUInt32LE() === CENTRAL_HEADER
  }
}
