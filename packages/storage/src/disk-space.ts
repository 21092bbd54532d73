import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The disk that a file store is on. */
export interface DiskSpace {
  /** Bytes that may still be written. */
  readonly freeBytes: number
  readonly sizeBytes: number
}

/** What tells of the disk of the file store that a URL names; null for one that is not in a folder. */
export function diskSpace(url: string): (() => Promise<DiskSpace>) | null {
  return new URL(url).protocol === 'file:' ? () => spaceAround(fileURLToPath(url)) : null
}

/** The folder itself is made when something is written. */
async function spaceAround(folder: string): Promise<DiskSpace> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
  } catch (error) {
    const above = path.dirname(folder)
    if (above === folder || !(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    return spaceAround(above)
  }
}
