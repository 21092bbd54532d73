import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RedisProgram, RedisSearch } from './find-redis.ts'

const run = promisify(execFile)

/**
 * The Redis of the distribution (Debian, Ubuntu), unpacked into the cache folder without being installed, which needs
 * no root. What is there from an earlier time is used again if it still runs. Several processes may do this at once.
 * @throws when there is no apt, no package list, or no network
 */
export async function downloadRedis(
  { cacheFolder, aptGet }: RedisSearch,
  isUsable: (program: RedisProgram) => Promise<boolean>,
): Promise<RedisProgram> {
  const kept = join(cacheFolder, `redis-${await distribution()}`)
  if (await isUsable(programIn(kept))) return programIn(kept)
  await mkdir(cacheFolder, { recursive: true })
  const unfinished = await mkdtemp(join(cacheFolder, 'unfinished-redis-'))
  try {
    const made = join(unfinished, 'root')
    await unpackPackages(aptGet, unfinished, made)
    if (!(await isUsable(programIn(made)))) throw new Error('the Redis of the distribution does not run or is too old')
    await putInPlace(made, kept, join(unfinished, 'replaced'), () => isUsable(programIn(kept)))
    return programIn(kept)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function unpackPackages(aptGet: string, folder: string, root: string): Promise<void> {
  const archives = join(folder, 'archives')
  await mkdir(join(archives, 'partial'), { recursive: true })
  await mkdir(root)
  // The resolver of an installation is asked rather than a list of names: it knows which libraries are missing here.
  const fetch = () =>
    run(aptGet, [
      ...['install', '--yes', '--download-only', '--no-install-recommends'],
      ...['-o', 'Debug::NoLocking=true', '-o', `Dir::Cache::archives=${archives}`],
      'redis-server',
    ])
  try {
    await fetch()
  } catch (error) {
    if (process.getuid?.() !== 0) throw error
    // The package lists are missing, as in a fresh container, or name files that are gone.
    await run(aptGet, ['update'])
    await fetch()
  }
  for (const file of await readdir(archives)) {
    if (file.endsWith('.deb')) await run('dpkg', ['--extract', join(archives, file), root])
  }
}

/** Renames, so that no other process ever sees half of it; one that came first with a working one has won. */
async function putInPlace(made: string, kept: string, replaced: string, isKeptUsable: () => Promise<boolean>) {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (
      await rename(made, kept).then(
        () => true,
        () => false,
      )
    )
      return
    if (await isKeptUsable()) return
    await rename(kept, replaced).catch(() => {})
  }
  throw new Error(`${kept} cannot be replaced: remove it`)
}

function programIn(root: string): RedisProgram {
  const libraries = [`usr/lib/${multiarch()}`, `lib/${multiarch()}`, 'usr/lib'].map((folder) => join(root, folder))
  return {
    file: join(root, 'usr', 'bin', 'redis-server'),
    environment: { LD_LIBRARY_PATH: libraries.join(':') },
  }
}

// The folder names of Debian's multiarch.
function multiarch(): string {
  const names: Partial<Record<NodeJS.Architecture, string>> = {
    x64: 'x86_64-linux-gnu',
    arm64: 'aarch64-linux-gnu',
    arm: 'arm-linux-gnueabihf',
  }
  return names[process.arch] ?? `${process.arch}-linux-gnu`
}

/** Distinguishes what must not share a cache: a home folder can be seen by several machines. */
async function distribution(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const field = (name: string) => text.match(new RegExp(`^${name}="?([\\w.-]+)"?$`, 'm'))?.[1] ?? 'unknown'
  return `${field('ID')}-${field('VERSION_ID')}-${process.arch}`
}
