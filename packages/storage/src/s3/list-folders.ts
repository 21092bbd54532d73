import type { Bucket } from './bucket.ts'
import { listObjects } from './list-objects.ts'
import { lastPartAt, type UnfinishedUpload, unfinishedUploads } from './unfinished-uploads.ts'

/**
 * A part is told when it is full, and from a slow client that may take hours. So an upload that a part was added to
 * within a day is taken to be going on.
 */
const GOING_ON_MS = 24 * 60 * 60 * 1000

interface Folder {
  readonly name: string
  readonly changedAt: Date
}

/**
 * The folders directly under a prefix that ends with `/`, with the newest of the times of all that is under them; now
 * for one in which something is being written. Those that have files are in order. Throws S3Failure.
 */
export async function* listFolders(bucket: Bucket, prefix: string): AsyncGenerator<Folder, void> {
  // As many as writes are going on, and those of processes that were killed since yesterday.
  const written = await foldersWritten(bucket, prefix)
  for await (const { name, changedAt } of foldersWithFiles(bucket, prefix)) {
    yield { name, changedAt: later(changedAt, written.get(name)) }
    written.delete(name)
  }
  for (const [name, changedAt] of written) yield { name, changedAt }
}

async function* foldersWithFiles(bucket: Bucket, prefix: string): AsyncGenerator<Folder, void> {
  let name: string | null = null
  let changedAt = new Date(0)
  for await (const page of listObjects(bucket, prefix)) {
    for (const { Key = '', LastModified = new Date(0) } of page) {
      const next = folderOf(Key, prefix)
      if (next === null) continue
      if (name !== null && name !== next) yield { name, changedAt }
      changedAt = name === next ? later(changedAt, LastModified) : LastModified
      name = next
    }
  }
  if (name !== null) yield { name, changedAt }
}

async function foldersWritten(bucket: Bucket, prefix: string): Promise<Map<string, Date>> {
  const folders = new Map<string, Date>()
  const now = new Date()
  for await (const page of unfinishedUploads(bucket, prefix)) {
    for (const upload of page) {
      const name = folderOf(upload.key, prefix)
      if (name === null) continue
      folders.set(name, later(await changeOf(bucket, upload, now), folders.get(name)))
    }
  }
  return folders
}

/** Only an upload of more than a day is looked at closer: that is a huge file, or one that was left. */
async function changeOf(bucket: Bucket, upload: UnfinishedUpload, now: Date): Promise<Date> {
  const goingOnSince = now.getTime() - GOING_ON_MS
  if (upload.begunAt.getTime() > goingOnSince) return now
  const last = await lastPartAt(bucket, upload)
  return last.getTime() > goingOnSince ? now : last
}

/** The first name after the prefix; null for a file that is directly there. */
function folderOf(key: string, prefix: string): string | null {
  const end = key.indexOf('/', prefix.length)
  return key.startsWith(prefix) && end > prefix.length ? key.slice(prefix.length, end) : null
}

function later(one: Date, other: Date | undefined): Date {
  return other !== undefined && other > one ? other : one
}
