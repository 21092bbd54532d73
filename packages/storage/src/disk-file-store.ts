import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants, mkdir, open, opendir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { FileMissing, type FileStore } from '@muster/engine/ports'
import { checkedKey } from './file-key.ts'

const READ_BYTES = 256 * 1024

/**
 * Keeps files in a folder of a local or network disk. A file is written beside its place, synced,
 * and renamed into it; the folder is synced too. So a file that is there is whole, also after a
 * power cut.
 */
export function diskFileStore(folder: string): FileStore {
  const root = path.resolve(folder)
  const place = (key: string): string => path.join(root, checkedKey(key))
  return {
    write: (key, bytes) => writeWhole(root, place(key), bytes),
    read: (key, fromByte = 0, toByte = Number.POSITIVE_INFINITY) => readRange(key, place(key), fromByte, toByte),
    remove: (key) => rm(place(key), { recursive: true, force: true }),
    folders: (key) => foldersIn(place(key)),
    check: () => checkWritable(root),
  }
}

async function writeWhole(root: string, target: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const folder = path.dirname(target)
  const part = `${target}.${randomUUID()}.part`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    // Opened first: a stream that opens its file itself may still make it after an error has ended it.
    const file = await open(part, 'wx', 0o600)
    await pipeline(bytes, file.createWriteStream({ flush: true }))
    await rename(part, target)
    await removeParts(target)
    for (const each of upTo(root, folder)) await syncFolder(each)
  } catch (error) {
    await rm(part, { force: true })
    await removeEmpty(root, folder)
    throw error
  }
}

/** Removes what writers of the same file left when they were killed. One that still writes has been overtaken. */
async function removeParts(target: string): Promise<void> {
  const folder = path.dirname(target)
  const mark = `${path.basename(target)}.`
  const parts = (await readdir(folder)).filter((name) => name.startsWith(mark) && name.endsWith('.part'))
  await Promise.all(parts.map((name) => rm(path.join(folder, name), { force: true })))
}

/** The folder and those above it, the store's own last. Each may be new, so each is synced. */
function upTo(root: string, folder: string): string[] {
  return folder === root ? [root] : [folder, ...upTo(root, path.dirname(folder))]
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes the folders that hold nothing; rmdir refuses one that another writer is using. */
async function removeEmpty(root: string, folder: string): Promise<void> {
  try {
    for (const each of upTo(root, folder).slice(0, -1)) await rmdir(each)
  } catch (error) {
    if (!isCode(error, 'ENOTEMPTY') && !isCode(error, 'ENOENT')) throw error
  }
}

async function* readRange(key: string, file: string, fromByte: number, toByte: number): AsyncIterable<Uint8Array> {
  if (toByte <= fromByte) return
  const stream = createReadStream(file, { start: fromByte, end: toByte - 1, highWaterMark: READ_BYTES })
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } catch (error) {
    throw isCode(error, 'ENOENT') ? new FileMissing(key) : error
  }
}

async function* foldersIn(folder: string): AsyncIterable<{ name: string; changedAt: Date }> {
  try {
    for await (const entry of await opendir(folder)) {
      if (entry.isDirectory()) yield { name: entry.name, changedAt: await changedAt(path.join(folder, entry.name)) }
    }
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
}

/** A folder's own time stands still while a file in it grows, so its files' count too. */
async function changedAt(folder: string): Promise<Date> {
  const names = await readdir(folder)
  const times = await Promise.all([folder, ...names.map((name) => path.join(folder, name))].map(modifiedAt))
  return new Date(Math.max(...times))
}

/** Milliseconds; 0 for what was removed meanwhile. */
async function modifiedAt(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs
  } catch (error) {
    if (isCode(error, 'ENOENT')) return 0
    throw error
  }
}

async function checkWritable(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  await access(root, constants.R_OK | constants.W_OK | constants.X_OK)
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
