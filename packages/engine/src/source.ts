import { Fault } from './fault.ts'
import {
  type Claim,
  FileMissing,
  type FileStore,
  type OperationStore,
  type Position,
  type Row,
  type RowReader,
} from './ports/index.ts'

/** What is needed to read an operation's source. */
export interface SourceAccess {
  readonly files: FileStore
  readonly reader: RowReader
  readonly store: Pick<OperationStore, 'setNormalised'>
}

/** The signal was aborted: the turn ends here, and nothing is wrong. */
export class TurnAborted extends Error {}

/**
 * The key of the source in UTF-8. In the first turn, a source of another encoding is copied to
 * UTF-8, so that every later read can start at any byte. The copy is there whole or not at all;
 * a copy that was cut short is made again from the beginning.
 */
export async function utf8Key(claim: Claim, access: SourceAccess, signal: AbortSignal): Promise<string> {
  const { source } = claim
  if (source.encoding === 'UTF-8') return source.key
  if (claim.normalisedKey !== null) return claim.normalisedKey
  const key = `${source.key}.utf8`
  const bytes = whole(access.files.read(source.key), 0, source.bytes)
  await access.files.write(key, until(signal, access.reader.toUtf8(bytes, source.encoding)))
  await access.store.setNormalised(claim, key)
  return key
}

/** The rows from a position on. Throws a Fault when the file is gone or shorter than what was uploaded. */
export function rowsFrom(
  claim: Claim,
  key: string,
  from: Position,
  access: SourceAccess,
): AsyncIterable<readonly Row[]> {
  const { source } = claim
  const stored = access.files.read(key, from.byte)
  const bytes = key === source.key ? whole(stored, from.byte, source.bytes) : whole(stored, from.byte, null)
  const layout = { delimiter: source.delimiter, cells: source.header.length, encoding: source.encoding }
  return access.reader.read(bytes, layout, from)
}

/** Passes bytes on and makes a Fault of a file that is missing or does not have `expected` bytes. */
async function* whole(
  bytes: AsyncIterable<Uint8Array>,
  from: number,
  expected: number | null,
): AsyncIterable<Uint8Array> {
  let read = from
  try {
    for await (const chunk of bytes) {
      read += chunk.length
      yield chunk
    }
  } catch (error) {
    throw error instanceof FileMissing
      ? new Fault('The uploaded file is no longer in the file store. Upload it again.')
      : error
  }
  if (expected !== null && read !== expected) {
    throw new Fault(`The stored file has ${read} bytes, but ${expected} were uploaded. Upload it again.`)
  }
}

async function* until(signal: AbortSignal, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    if (signal.aborted) throw new TurnAborted()
    yield chunk
  }
}
