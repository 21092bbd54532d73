import type { ArchiveEntry, EntryMistake } from '../ports/index.ts'

/** The cells of a row that is a file in an archive. */
export const ENTRY_HEADER = ['file', 'offset', 'packedBytes', 'bytes', 'crc32', 'method', 'mistake'] as const

/** Of them, the one that people know. */
export const FILE_CELL = ENTRY_HEADER.indexOf('file')

/** An archive's entries as records of the list that an operation's rows are read from. */
export async function* entryRecords(
  entries: AsyncIterable<readonly ArchiveEntry[]>,
): AsyncGenerator<readonly string[], void> {
  for await (const batch of entries) for (const entry of batch) yield recordOf(entry)
}

function recordOf({ file, offset, packedBytes, bytes, crc32, method, mistake }: ArchiveEntry): readonly string[] {
  const numbers = [offset, packedBytes, bytes, crc32, method].map(String)
  return [file, ...numbers, mistake === null ? '' : JSON.stringify(mistake)]
}

/** The entry that such a record tells of; what a retry has added to it is left out. */
export function entryOf(cells: readonly string[]): ArchiveEntry {
  const [file = '', offset, packedBytes, bytes, crc32, method, mistake = ''] = cells
  return {
    file,
    offset: Number(offset),
    packedBytes: Number(packedBytes),
    bytes: Number(bytes),
    crc32: Number(crc32),
    method: Number(method),
    mistake: mistake === '' ? null : (JSON.parse(mistake) as EntryMistake),
  }
}
