import { type ArchiveEntry, type ArchiveReader, ArchiveRefused, type StoredArchive } from '@muster/engine/ports'
import { expect } from 'vitest'
import { ARCHIVE_LIMITS, type ArchiveLimits, archiveReader } from '../src/index.ts'

export interface CountedArchive extends StoredArchive {
  /** What was read so far. */
  readonly counts: { bytes: number; times: number }
}

/** An archive in a store that gives its bytes in parts of at most 64 KiB. */
export function stored(archive: Buffer): CountedArchive {
  return counted(archive.length, (from, to) => archive.subarray(from, to))
}

/** An archive of zeros with `end` at its end: as large as one likes, without the memory for it. */
export function hollow(bytes: number, end: Buffer): CountedArchive {
  const start = bytes - end.length
  return counted(bytes, (from, to) => {
    const part = Buffer.alloc(to - from)
    end.copy(part, Math.max(start - from, 0), Math.max(from - start, 0), Math.max(to - start, 0))
    return part
  })
}

function counted(bytes: number, slice: (from: number, to: number) => Buffer): CountedArchive {
  const counts = { bytes: 0, times: 0 }
  return {
    bytes,
    counts,
    async *read(from, to) {
      counts.times += 1
      counts.bytes += to - from
      const asked = slice(from, to)
      for (let at = 0; at < asked.length; at += 65_536) yield asked.subarray(at, at + 65_536)
    },
  }
}

export function readerWithin(limits: Partial<ArchiveLimits> = {}): ArchiveReader {
  return archiveReader({ ...ARCHIVE_LIMITS, ...limits })
}

export async function entriesOf(archive: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<ArchiveEntry[]> {
  const all: ArchiveEntry[] = []
  for await (const batch of readerWithin(limits).entries(stored(archive))) for (const entry of batch) all.push(entry)
  return all
}

/** What is in each entry that is a row: its text, or the code of its mistake. */
export async function textsIn(archive: Buffer): Promise<string[]> {
  const contents = readerWithin().contents(stored(archive))
  const texts: string[] = []
  for (const entry of await entriesOf(archive)) {
    const read = await contents.read(entry)
    texts.push(read instanceof Uint8Array ? Buffer.from(read).toString() : read.code)
  }
  return texts
}

/** Expects a refusal with a sentence like this. */
export async function expectRefused(reading: Promise<unknown>, sentence: RegExp): Promise<void> {
  const error = await reading.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ArchiveRefused)
  expect(error).toHaveProperty('message', expect.stringMatching(sentence))
}
