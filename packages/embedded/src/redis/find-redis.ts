import { execFile } from 'node:child_process'
import { downloadRedis } from './download-redis.ts'

/** Where to look for a Redis. */
export interface RedisSearch {
  /** Programs tried in this order, looked up on PATH. */
  readonly names: readonly string[]
  /** Where a Redis from the distribution's packages is kept for the next time. */
  readonly cacheFolder: string
  /** The program that downloads them, looked up on PATH. */
  readonly aptGet: string
}

/** A Redis that was seen to run. */
export interface RedisProgram {
  readonly file: string
  readonly environment: Readonly<Record<string, string>>
}

// What BullMQ asks for.
const OLDEST = [6, 2] as const

const ADVICE =
  'There is no Redis 6.2 or newer on this machine: install one ' +
  '(macOS: `brew install redis`; Debian and Ubuntu: `apt-get install redis-server`; Fedora: `dnf install valkey`; ' +
  'Alpine: `apk add redis`), set REDIS_URL, or use `docker compose up`'

/**
 * A Redis or Valkey server of at least 6.2: from PATH, else out of the distribution's packages.
 * @throws with a sentence that says how to get one
 */
export async function findRedis(search: RedisSearch): Promise<RedisProgram> {
  if (process.platform === 'win32') {
    throw new Error('The embedded Redis does not run on Windows: set REDIS_URL, or use `docker compose up`')
  }
  for (const name of search.names) {
    // The full path: the server gets an empty environment, and a bare name would be looked up on the PATH of that.
    const file = await outputOf('/bin/sh', ['-c', 'command -v "$1"', 'sh', name])
    const program = { file: file.trim(), environment: {} }
    if (program.file && (await isUsable(program))) return program
  }
  const downloaded = process.platform === 'linux' ? await downloadRedis(search, isUsable).catch(asCause) : undefined
  if (downloaded && !(downloaded instanceof Error)) return downloaded
  throw new Error(ADVICE, { cause: downloaded })
}

/** Whether the program runs here (its libraries are there) and is new enough. */
async function isUsable({ file, environment }: RedisProgram): Promise<boolean> {
  const version = (await outputOf(file, ['--version'], { env: environment })).match(/\bv=(\d+)\.(\d+)/)
  if (!version) return false
  const [major, minor] = [Number(version[1]), Number(version[2])]
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

function asCause(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** What a program prints; nothing when it fails. */
function outputOf(file: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  return new Promise((resolve) => {
    execFile(file, [...args], options, (error, stdout) => resolve(error ? '' : stdout))
  })
}
