import { type FileHandle, open, rename } from 'node:fs/promises'
import { Writable } from 'node:stream'

/** At this size the log is moved to `<path>.1`, in place of the one before, and begun anew. */
const LARGEST_BYTES = 16 * 1024 * 1024

/**
 * Appends to a log that never takes more than twice 16 MiB of disk. What cannot be written (a full
 * disk) is lost: a log must not stop what it tells about.
 */
export class LogFile extends Writable {
  readonly #path: string
  #file: FileHandle | null = null
  #bytes = 0

  constructor(path: string) {
    super()
    this.#path = path
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#append(chunk).then(done, () => done())
  }

  override _final(done: () => void): void {
    this.#close().then(done, () => done())
  }

  async #append(chunk: Buffer): Promise<void> {
    if (this.#bytes + chunk.length > LARGEST_BYTES) await this.#startAnew()
    this.#file ??= await this.#open()
    await this.#file.appendFile(chunk)
    this.#bytes += chunk.length
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#path, 'a', 0o600)
    this.#bytes = (await file.stat()).size
    return file
  }

  async #startAnew(): Promise<void> {
    await this.#close()
    await rename(this.#path, `${this.#path}.1`)
    this.#bytes = 0
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.close()
  }
}
