/** The file that was asked for is not in the store. */
export class FileMissing extends Error {
  readonly key: string
  constructor(key: string) {
    super(`no file ${key} in the file store`)
    this.name = 'FileMissing'
    this.key = key
  }
}

/** The store failed. What it holds is as it was. */
export class FileStoreFailure extends Error {
  /** It does not answer, or says that it cannot now: trying again may help. */
  readonly isAway: boolean
  constructor(message: string, isAway: boolean) {
    super(message)
    this.name = 'FileStoreFailure'
    this.isAway = isAway
  }
}

/** Holds uploads and what is made of them. Keys are slash-separated, like `operations/<id>/source`. */
export interface FileStore {
  /**
   * Writes a file whole and durable, or leaves nothing behind: also when `bytes` throws or the
   * disk is full. Replaces what was there.
   */
  write(key: string, bytes: AsyncIterable<Uint8Array>): Promise<void>
  /**
   * The bytes from an offset on, to the end unless `toByte`, which is not among them, says otherwise. Throws
   * `FileMissing` at the first read.
   */
  read(key: string, fromByte?: number, toByte?: number): AsyncIterable<Uint8Array>
  /** Removes the file or every file under a folder; what is not there is no error. */
  remove(key: string): Promise<void>
  /** Folders directly under one, with the time of the last change to them or to a file in them, one being written included. */
  folders(key: string): AsyncIterable<{ readonly name: string; readonly changedAt: Date }>
  /** Throws when the store cannot be written to. */
  check(): Promise<void>
}
