import { Fault } from '../fault.ts'
import { FileMissing } from '../ports/index.ts'

/** What to throw instead: of a file that is missing, a Fault. */
export function asFault(error: unknown): unknown {
  return error instanceof FileMissing
    ? new Fault('The uploaded file is no longer in the file store. Upload it again.')
    : error
}
