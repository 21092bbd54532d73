import type { StoredArchive } from '@muster/engine/ports'
import { refused } from './refusals.ts'

const MAX_READ_AHEAD = 1024 * 1024

/**
 * Random access to an archive by reading blocks and keeping the last one. A block that follows the one before reads
 * ahead, up to 1 MiB: twice what was used of that one. So reading in order soon takes large steps, and whatever the
 * order is, not more than three times the bytes asked for are read. What it gives must not be kept, nor changed.
 */
export class ArchiveWindow {
  readonly #archive: StoredArchive
  #block: Buffer = Buffer.alloc(0)
  #start = 0
  #used = 0

  constructor(archive: StoredArchive) {
    this.#archive = archive
  }

  /** The bytes of the archive from `from` to before `to`, or null when they must be loaded first. */
  held(from: number, to: number): Buffer | null {
    if (from < this.#start || to > this.#start + this.#block.length) return null
    this.#used += to - from
    return this.#block.subarray(from - this.#start, to - this.#start)
  }

  /** The same bytes, read from the store. Throws `ArchiveRefused` when the archive ends before them. */
  async load(from: number, to: number): Promise<Buffer> {
    if (to > this.#archive.bytes) throw refused.damaged()
    const end = Math.min(to + this.#readAhead(from), this.#archive.bytes)
    const block = await readWhole(this.#archive, from, end)
    this.#block = block
    this.#start = from
    this.#used = to - from
    return block.subarray(0, to - from)
  }

  #readAhead(from: number): number {
    const ahead = Math.min(2 * Math.min(this.#used, this.#block.length), MAX_READ_AHEAD)
    const end = this.#start + this.#block.length
    return from >= this.#start && from <= end + ahead ? ahead : 0
  }
}

async function readWhole(archive: StoredArchive, from: number, to: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(to - from)
  if (block.length === 0) return block
  let filled = 0
  for await (const bytes of archive.read(from, to)) {
    block.set(bytes, filled)
    filled += bytes.length
  }
  if (filled < block.length) throw refused.damaged()
  return block
}
