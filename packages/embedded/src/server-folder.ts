import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startOf } from './running-process.ts'

/**
 * Takes a server's folder for this process, making it when it is not there. A claim left by a process that died counts
 * for nothing, and a later claim of the same process takes the place of its earlier one.
 * @returns what gives the folder free again, unless it was claimed anew; it never rejects
 * @throws when another living process has the folder: two servers on one folder would destroy its data
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'owner')
  const mine = [process.pid, await startOf(process.pid), randomUUID()].join('\n')
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await createFile(file, mine)) return () => release(file, mine)
    const other = await otherOwner(file)
    if (other !== null) throw new Error(`${folder} is in use by process ${other}: stop it, or take another folder`)
    await rm(file, { force: true })
  }
  throw new Error(`${folder} is being taken by several processes at once: start one of them only`)
}

/** The random password kept in a file of mode 0600, made at the first call: 48 hexadecimal digits. */
export async function keptPassword(file: string): Promise<string> {
  const kept = (await readText(file))?.trim()
  if (kept) return kept
  const password = randomBytes(24).toString('hex')
  await writeDurably(file, password)
  return password
}

/** Writes a file of mode 0600 whole or not at all, whenever the process or the machine dies. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const unfinished = `${file}.new`
  await rm(unfinished, { force: true })
  await createFile(unfinished, text)
  await rename(unfinished, file)
  await syncFolder(join(file, '..'))
}

/** Makes the renames within a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A file's text, or null when there is no such file. */
export async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

async function createFile(file: string, text: string): Promise<boolean> {
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
    if (hasCode(error, 'EEXIST')) return null
    throw error
  })
  if (handle === null) return false
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return true
}

async function release(file: string, mine: string): Promise<void> {
  try {
    if ((await readText(file)) === mine) await rm(file, { force: true })
  } catch {
    // The claim stays, and ends with this process.
  }
}

/** The number of the living process that claimed the folder; null when it is dead, or this one. */
async function otherOwner(file: string): Promise<number | null> {
  const [pid, start] = (await readText(file))?.split('\n') ?? []
  const number = Number(pid)
  if (!start || number === process.pid) return null
  return (await startOf(number)) === start ? number : null
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
