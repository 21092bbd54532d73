import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { processIdentity } from './process-identity.ts'
import { StartRefused } from './start-refused.ts'

/** The folder that holds all that this installation owns, locked for this process. */
export interface DataFolder {
  readonly path: string
  /** True when the process that had it before did not stop cleanly. */
  readonly wasInUse: boolean
  /** Gives it free for the next start. */
  release(): Promise<void>
}

const LOCK = 'lock'

/** Longer than another start takes to put back a lock that it has moved away by mistake. */
const SETTLED_MS = 50

const HOLDER = z.object({ pid: z.number(), began: z.string() })

/**
 * Makes the folder where there is none, readable by its owner alone, and locks it.
 * Throws StartRefused when a living process has it, or when it is somebody else's.
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  await makePrivate(path)
  const lock = join(path, LOCK)
  const mine = JSON.stringify({ pid: process.pid, began: await processIdentity(process.pid), lock: randomUUID() })
  let wasInUse = false
  while (!(await take(lock, mine))) {
    const holder = await readLock(lock)
    if (holder === null) continue
    if (await isAlive(holder)) throw new StartRefused(inUse(path, holder))
    wasInUse = true
    await removeStale(lock, holder)
  }
  return { path, wasInUse, release: () => rm(lock, { force: true }) }
}

async function makePrivate(path: string): Promise<void> {
  if ((await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined) return
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0) return
  const entries = await readdir(path)
  // Never change the mode of a folder that is not known to be Muster's, such as /tmp.
  if (entries.length > 0 && !entries.includes('credentials.json')) {
    throw new StartRefused(
      `${path} holds other files and can be read by other users. Set DATA_DIR to a folder of Muster's own.`,
    )
  }
  await chmod(path, 0o700)
}

/** The lock appears with its contents or not at all: a link, unlike a write, is one step. */
async function take(lock: string, mine: string): Promise<boolean> {
  const own = `${lock}.${randomUUID()}`
  await writeFile(own, mine, { mode: 0o600 })
  try {
    await link(own, lock)
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(own, { force: true })
  }
  await sleep(SETTLED_MS)
  return (await readLock(lock)) === mine
}

async function readLock(lock: string): Promise<string | null> {
  return readFile(lock, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return null
    throw error
  })
}

async function isAlive(holder: string): Promise<boolean> {
  const { data } = HOLDER.safeParse(parse(holder))
  return data !== undefined && (await processIdentity(data.pid)) === data.began
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Of two starts that find the same stale lock, one moves it away; what it moved by mistake it puts back. */
async function removeStale(lock: string, holder: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`
  try {
    await rename(lock, aside)
    if ((await readFile(aside, 'utf8')) !== holder) await link(aside, lock)
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error
  } finally {
    await rm(aside, { force: true })
  }
}

function inUse(path: string, holder: string): string {
  const pid = HOLDER.safeParse(parse(holder)).data?.pid
  return `${path} is in use by another Muster (process ${pid}). Stop that one first, or set DATA_DIR to another folder.`
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
