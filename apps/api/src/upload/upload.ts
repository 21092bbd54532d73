/** A file that came in, whole and durable in the file store. */
export interface ReceivedFile {
  /** Its key in the file store. */
  readonly key: string
  /** As the client named it, without folders and control characters, at most 255 characters. */
  readonly fileName: string
  readonly bytes: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
  /** The first 64 KiB. */
  readonly sample: Uint8Array
  /** From now on the file stays: an operation refers to it. */
  keep(): void
}

/** A whole form with its file. */
export interface Upload extends ReceivedFile {
  /** The id that the operation made of it will have; names the file's folder. */
  readonly operationId: string
  /** Values of the form's fields, in the order they came, by the name without a closing `[]`. */
  readonly fields: ReadonlyMap<string, readonly string[]>
}
