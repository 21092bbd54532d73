import { fileURLToPath } from 'node:url'
import type { FileStore } from '@muster/engine/ports'
import { diskFileStore } from './disk-file-store.ts'
import type { S3Settings } from './s3/s3-settings.ts'
import { s3FileStore } from './s3-file-store.ts'

/**
 * The store that a URL names: `file:///path/of/a/folder` or `s3://bucket/prefix`. Nothing is asked of it yet. Throws a
 * RangeError for a URL that is neither, or an S3 one without settings.
 *
 * @param s3 how S3 is reached; not needed for a folder
 */
export function openFileStore(url: string, s3: S3Settings | null = null): FileStore {
  const { protocol } = new URL(url)
  if (protocol === 'file:') return diskFileStore(fileURLToPath(url))
  if (protocol !== 's3:') throw new RangeError(`no file store for ${protocol} URLs; use file: or s3:`)
  if (s3 === null) throw new RangeError('a file store in S3 needs settings to reach it')
  return s3FileStore(url, s3)
}
