import { fileURLToPath } from 'node:url'
import type { FileStore } from '@muster/engine/ports'
import { diskFileStore } from './disk-file-store.ts'

/** The store that a URL names: `file:///path/of/a/folder`. Throws a RangeError for any other scheme. */
export function openFileStore(url: string): FileStore {
  const { protocol } = new URL(url)
  if (protocol !== 'file:') throw new RangeError(`no file store for ${protocol} URLs; use file:`)
  return diskFileStore(fileURLToPath(url))
}
