import type { ArchiveReader } from '@muster/engine/ports'
import type { ArchiveLimits } from './archive-limits.ts'
import { archiveContents } from './contents.ts'
import { readDirectory } from './directory.ts'
import { openDirectory } from './open-directory.ts'

/** Reads ZIP archives (APPNOTE 6.3.10) within these limits. */
export function archiveReader(limits: ArchiveLimits): ArchiveReader {
  return {
    check: async (archive) => {
      await openDirectory(archive, limits)
    },
    entries: (archive) => readDirectory(archive, limits),
    contents: archiveContents,
  }
}
