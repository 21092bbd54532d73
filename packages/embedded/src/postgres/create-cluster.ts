import { spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../server-folder.ts'
import type { Binaries } from './binaries.ts'
import { type Identity, type RunAs, SYSTEM_PATH, waysToRun } from './run-as.ts'

const UNFINISHED = 'unfinished-'

/** The name of the superuser and of the database. */
export const NAME = 'muster'

/**
 * Makes the data folder, with the superuser and the empty database `muster`, unless it is there. It is made under
 * another name and renamed when whole: what an interrupted attempt left is thrown away.
 */
export async function createCluster(folder: string, binaries: Binaries, user: Identity | undefined, password: string) {
  for (const name of await readdir(folder)) {
    // More than one try: an initdb that outlived its killed parent still writes there, until its files are gone.
    const untilGone = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), untilGone)
  }
  const data = join(folder, 'data')
  if (await stat(data).catch(() => null)) return
  const unfinished = await mkdtemp(join(folder, UNFINISHED))
  const passwordFile = join(unfinished, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user) await giveTo(user, unfinished, passwordFile)
  const runAs = await waysToRun(user, binaries.initdb, unfinished)
  const made = join(unfinished, 'data')
  await mkdir(made, { mode: 0o700 })
  if (user) await giveTo(user, made)
  await run(runAs, unfinished, [binaries.initdb, ...initdbArguments(made, passwordFile)])
  // Single-user mode (postgres(1)): the database is part of what is renamed, not a step that could be missed.
  const alone = [binaries.postgres, '--single', '-D', made, '-c', 'exit_on_error=on', 'postgres']
  await run(runAs, unfinished, alone, `CREATE DATABASE ${NAME}\n`)
  await rename(made, data)
  await syncFolder(folder)
  await rm(unfinished, { recursive: true, force: true })
}

function initdbArguments(data: string, passwordFile: string): string[] {
  return [
    `--pgdata=${data}`,
    `--username=${NAME}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Built in since PostgreSQL 17: sorts the same everywhere, whatever the C library of the machine thinks.
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    '--lc-messages=C',
  ]
}

async function giveTo({ uid, gid }: Identity, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) await chown(path, uid, gid)
}

function run(runAs: RunAs, folder: string, command: readonly string[], input = ''): Promise<void> {
  const [file = '', ...args] = [...runAs.prefix, ...command]
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: folder, env: { PATH: SYSTEM_PATH, LC_ALL: 'C' }, ...runAs.user })
    let output = ''
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.stdin.on('error', () => {}) // It ended without reading: the exit code tells.
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${command[0]} failed (${code}):\n${output}`))
    })
    child.stdin.end(input)
  })
}
