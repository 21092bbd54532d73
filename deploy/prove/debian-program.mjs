// Programs of Debian's packages: the installed one, else one unpacked into the cache folder, which needs no root and
// starts no service.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * The path of a program that was seen to run: from PATH, else out of the package.
 * Throws when there is neither the program nor an apt that can download the package.
 */
export async function debianProgram(name, packageName) {
  const installed = (await run('/bin/sh', ['-c', 'command -v "$1"', 'sh', name]).catch(() => ({ stdout: '' }))).stdout
  if (await runs(installed.trim())) return installed.trim()
  const cache = join(homedir(), '.cache', 'muster')
  const kept = join(cache, `${packageName}-${await distribution()}`)
  const program = join(kept, 'usr', 'bin', name)
  if (await runs(program)) return program
  await mkdir(cache, { recursive: true })
  const unfinished = await mkdtemp(join(cache, `unfinished-${packageName}-`))
  try {
    await unpack(packageName, unfinished)
    await rm(kept, { recursive: true, force: true })
    // Another process may have put the same there meanwhile.
    await rename(join(unfinished, 'root'), kept).catch(() => {})
  } catch (error) {
    throw new Error(`${name} is missing: install the Debian package ${packageName}`, { cause: error })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  if (await runs(program)) return program
  throw new Error(`${name} of the Debian package ${packageName} does not run here`)
}

async function unpack(packageName, folder) {
  // apt's own user writes nothing into a home folder; without it apt says so, and goes on.
  const download = () => run('apt-get', ['download', '-o', 'APT::Sandbox::User=root', packageName], { cwd: folder })
  try {
    await download()
  } catch (error) {
    if (process.getuid?.() !== 0) throw error
    // The package lists are missing, as in a fresh container, or name files that are gone.
    await run('apt-get', ['update'])
    await download()
  }
  const [file] = (await readdir(folder)).filter((each) => each.endsWith('.deb'))
  await run('dpkg', ['--extract', file, join(folder, 'root')], { cwd: folder })
}

async function runs(program) {
  return (
    program !== '' &&
    run(program, ['--version'])
      .then(() => true)
      .catch(() => false)
  )
}

/** Distinguishes what must not share a cache: a home folder can be seen by several machines. */
async function distribution() {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const field = (name) => text.match(new RegExp(`^${name}="?([\\w.-]+)"?$`, 'm'))?.[1] ?? 'unknown'
  return `${field('ID')}-${field('VERSION_ID')}-${process.arch}`
}
