import { fileURLToPath } from 'node:url'
import type { FileStore } from '@muster/engine/ports'
import { diskFileStore } from './disk-file-store.ts'
import type { S3Settings } from './s3/s3-settings.ts'

/**
 * The store that a URL names: `file:///path/of/a/folder` or `s3://bucket/prefix`. Nothing is asked of it yet. Rejects
 * with a RangeError for a URL that is neither, or an S3 one without settings.
 *
 * @param s3 how S3 is reached; not needed for a folder
 */
export async function openFileStore(url: string, s3: S3Settings | null = null): Promise<FileStore> {
  const { protocol } = new URL(url)
  if (protocol === 'file:') return diskFileStore(fileURLToPath(url))
  if (protocol !== 's3:') throw new RangeError(`no file store for ${protocol} URLs; use file: or s3:`)
  if (s3 === null) throw new RangeError('a file store in S3 needs settings to reach it')
  // Its client takes some 10 MB of memory, which who keeps files in a folder can do without.
  const { s3FileStore } = await import('./s3-file-store.ts')
  return s3FileStore(url, s3)
}
