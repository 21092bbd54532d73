import { Fault } from '../fault.ts'
import {
  type ArchiveReader,
  ArchiveRefused,
  type EntryMistake,
  type FileStore,
  type Row,
  type RowReader,
  type StoredArchive,
  type ZipSource,
} from '../ports/index.ts'
import { ENTRY_HEADER, entryOf, entryRecords } from './archive-list.ts'
import { asFault } from './missing-file.ts'

/** What is needed to read an archive. */
interface ArchiveAccess {
  readonly files: FileStore
  readonly archives: ArchiveReader
  readonly reader: Pick<RowReader, 'write'>
}

/** The files that rows stand for. */
export interface RowFiles {
  /** The row's file, or why it cannot be used. Throws a Fault when the archive is gone. */
  read(row: Row): Promise<Uint8Array | EntryMistake>
}

/** The source that a ZIP in the file store is. */
export function zipSource(file: Pick<ZipSource, 'key' | 'fileName' | 'bytes' | 'sha256'>): ZipSource {
  const { key, fileName, bytes, sha256 } = file
  return {
    kind: 'zip',
    key,
    fileName,
    bytes,
    sha256,
    archive: key,
    encoding: 'UTF-8',
    delimiter: ',',
    header: ENTRY_HEADER,
    start: { row: 0, line: 1, byte: 0 },
  }
}

/** An archive of that many bytes in the file store. */
export function storedArchive(files: FileStore, key: string, bytes: number): StoredArchive {
  return { bytes, read: (fromByte, toByte) => files.read(key, fromByte, toByte) }
}

/** The list of an archive's files, as CSV. Throws a Fault when the archive cannot be used. */
export async function* archiveList(
  { archive, bytes }: ZipSource,
  { files, archives, reader }: ArchiveAccess,
): AsyncGenerator<Uint8Array, void> {
  const entries = archives.entries(storedArchive(files, archive, bytes))
  try {
    yield* reader.write(entryRecords(entries), ',')
  } catch (error) {
    throw faultOf(error)
  }
}

/** For reading the files that rows stand for, one after the other. */
export function rowFiles(
  { archive, bytes }: ZipSource,
  { files, archives }: Pick<ArchiveAccess, 'files' | 'archives'>,
): RowFiles {
  const contents = archives.contents(storedArchive(files, archive, bytes))
  return {
    async read({ cells }) {
      const entry = entryOf(cells)
      if (entry.mistake !== null) return entry.mistake
      try {
        return await contents.read(entry)
      } catch (error) {
        throw faultOf(error)
      }
    },
  }
}

function faultOf(error: unknown): unknown {
  return error instanceof ArchiveRefused ? new Fault(error.message) : asFault(error)
}
