import { Fault } from '../fault.ts'
import type { ArchiveReader, FileStore, Position, Row, RowReader, Source } from '../ports/index.ts'
import { archiveList } from './archive.ts'
import { isFailedRowsFile, unguarded } from './formula-guard.ts'
import { asFault } from './missing-file.ts'
import { asItWas } from './retry-file.ts'

/** What is needed to read a source. */
export interface SourceReading {
  readonly files: FileStore
  readonly reader: RowReader
  readonly archives: ArchiveReader
}

/** A source and where its copy in UTF-8 is; null when there is none. */
export interface StoredSource {
  readonly source: Source
  readonly normalisedKey: string | null
}

/** The signal was aborted: the turn ends here, and nothing is wrong. */
export class TurnAborted extends Error {}

/**
 * The rows from a position on, their cells as they are meant: in a file that was a failed-rows file, the guard of
 * cells that look like formulas is taken off. From a source of another encoding that has no copy in UTF-8 they are
 * decoded from the start, and the files of an archive that has no list yet are listed; a retry without its file has no
 * rows yet.
 *
 * Throws a Fault when the file is gone or shorter than what was uploaded, TurnAborted once the signal is.
 */
export function sourceRows(
  stored: StoredSource,
  from: Position,
  reading: SourceReading,
  signal?: AbortSignal,
): AsyncIterable<readonly Row[]> {
  const { source, normalisedKey } = stored
  const { delimiter, header, encoding } = source
  if (normalisedKey === null && source.isRetry) return nothing()
  const bytes = bytesFrom(stored, from.byte, reading)
  const rows = reading.reader.read(until(signal, bytes), { delimiter, cells: header.length, encoding }, from)
  if (source.isRetry) return eachRow(rows, asItWas)
  return isFailedRowsFile(header) ? eachRow(rows, withoutGuard) : rows
}

/** The uploaded file's own bytes, all of them or a Fault. */
export function uploadedBytes(source: Source, files: FileStore, fromByte = 0): AsyncIterable<Uint8Array> {
  return whole(files.read(source.key, fromByte), fromByte, source.bytes)
}

function bytesFrom(
  { source, normalisedKey }: StoredSource,
  byte: number,
  reading: SourceReading,
): AsyncIterable<Uint8Array> {
  const { files, reader } = reading
  if (normalisedKey !== null) return whole(files.read(normalisedKey, byte), byte, null)
  if (source.kind === 'zip') return without(byte, archiveList(source, reading))
  if (source.encoding === 'UTF-8') return uploadedBytes(source, files, byte)
  return without(byte, reader.toUtf8(uploadedBytes(source, files), source.encoding))
}

async function* eachRow(
  batches: AsyncIterable<readonly Row[]>,
  change: (row: Row) => Row,
): AsyncGenerator<readonly Row[], void> {
  for await (const batch of batches) yield batch.map(change)
}

/** A malformed record is text, not cells: a guard in it is not told from an apostrophe. */
function withoutGuard(row: Row): Row {
  return row.mistake?.code === 'MALFORMED_ROW' ? row : { ...row, cells: row.cells.map(unguarded) }
}

/** Passes bytes on and makes a Fault of a file that is missing or does not have `expected` bytes. */
async function* whole(
  bytes: AsyncIterable<Uint8Array>,
  from: number,
  expected: number | null,
): AsyncGenerator<Uint8Array, void> {
  let read = from
  try {
    for await (const chunk of bytes) {
      read += chunk.length
      yield chunk
    }
  } catch (error) {
    throw asFault(error)
  }
  if (expected !== null && read !== expected) {
    throw new Fault(`The stored file has ${read} bytes, but ${expected} were uploaded. Upload it again.`)
  }
}

/** The bytes after the first `count`. */
async function* without(count: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let left = count
  for await (const chunk of bytes) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

/** Passes bytes on until the signal is aborted, and throws TurnAborted then. */
export async function* until(
  signal: AbortSignal | undefined,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of bytes) {
    if (signal?.aborted) throw new TurnAborted()
    yield chunk
  }
}

async function* nothing(): AsyncGenerator<readonly Row[], void> {
  // They are found in the first turn.
}
