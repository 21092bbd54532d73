import type { ReceivedFile } from './upload.ts'

/** A file that came in, and how that is undone. */
export interface Received<F extends ReceivedFile = ReceivedFile> {
  readonly file: F
  /** Whether an operation refers to it. */
  readonly kept: boolean
  /** Removes the file, unless it is to be kept. */
  finish(): Promise<void>
}

/** @param remove undoes the receiving */
export function received<F extends Omit<ReceivedFile, 'keep'>>(
  file: F,
  remove: () => Promise<void>,
): Received<F & Pick<ReceivedFile, 'keep'>> {
  let kept = false
  const keep = (): void => {
    kept = true
  }
  return {
    file: { ...file, keep },
    get kept() {
      return kept
    },
    finish: async () => {
      if (!kept) await remove()
    },
  }
}

/** The client went before all was received: there is nobody to answer. */
export class UploadAborted extends Error {
  constructor() {
    super('the client ended the upload')
    this.name = 'UploadAborted'
  }
}
