import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { type Command, launch, type Server, type ServerProcess, type StopSignals, serverOf } from '../server.ts'
import { claimFolder, keptPassword, readText } from '../server-folder.ts'
import { findBinaries } from './binaries.ts'
import { createCluster, NAME } from './create-cluster.ts'
import { stopLeftoverPostgres } from './leftover.ts'
import { SYSTEM_PATH, serverUser, waysToRun } from './run-as.ts'
import { SETTINGS } from './settings.ts'

export interface PostgresOptions {
  /** Where everything is kept: data, password. Made when missing; one server at a time. */
  readonly folder: string
  /** Default: a free one. */
  readonly port?: number
  /** Is given every line the server writes. None holds a value of a statement. */
  readonly log?: (line: string) => void
  /** Further settings, `name=value`, which win over our own. */
  readonly flags?: readonly string[]
}

// Fast shutdown, then immediate shutdown (the next start recovers), then by force.
const STOP: StopSignals = [
  ['SIGINT', 8_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
]

/** How long the children of a killed server may take to notice, in milliseconds. */
const ORPHANS_PATIENCE = 10_000

/**
 * Starts PostgreSQL on a folder, making user and database `muster` at the first time, and resolves when it takes
 * connections; recovery after a crash may take its time. A server that a killed run left on the folder is stopped.
 * @throws when the folder is in use by another living process, or with the server's own words when it ends
 */
export async function startPostgres(options: PostgresOptions): Promise<Server> {
  const binaries = findBinaries()
  await mkdir(options.folder, { recursive: true })
  // The server is known again by this path, so it has to be the same whichever way the folder was named.
  const folder = await realpath(options.folder)
  const release = await claimFolder(folder)
  try {
    const data = join(folder, 'data')
    const stalePid = await stopLeftoverPostgres(data)
    const password = await keptPassword(join(folder, 'password'))
    const user = await serverUser(data)
    await createCluster(folder, binaries, user, password)
    const runAs = await waysToRun(user, binaries.postgres, data)
    const command = (port: number): Command => {
      const [file = '', ...args] = [...runAs.prefix, binaries.postgres, ...serverArguments(data, port, options.flags)]
      return { file, args, folder, user: runAs.user, environment: environment(stalePid) }
    }
    const { server, port } = await startServing(command, data, options)
    const url = `postgres://${NAME}:${password}@127.0.0.1:${port}/${NAME}`
    return serverOf(server, url, port, release)
  } catch (error) {
    await release()
    throw error
  }
}

function serverArguments(data: string, port: number, flags: readonly string[] = []): string[] {
  const own = Object.entries(SETTINGS).map(([name, value]) => `${name}=${value}`)
  const settings = [...own, `port=${port}`, ...flags].flatMap((setting) => ['-c', setting])
  // In this order: a later run knows the process again by it.
  return ['-D', data, ...settings]
}

function environment(stalePid: number | null): Record<string, string> {
  const base = { PATH: SYSTEM_PATH, LC_ALL: 'C' }
  // The server takes a lock file for stale when its process is this one, as pg_ctl has it do: without, it would
  // refuse to start when the number now belongs to some other process. It still checks the shared memory itself.
  return stalePid === null ? base : { ...base, PG_GRANDPARENT_PID: `${stalePid}` }
}

async function startServing(command: (port: number) => Command, data: string, { port: wanted, log }: PostgresOptions) {
  const deadline = Date.now() + ORPHANS_PATIENCE
  for (;;) {
    const port = wanted ?? (await freePort())
    const server = await launch(command(port), STOP, log)
    if (await isServing(server, data)) return { server, port }
    const words = (await server.lastWords()).join('\n')
    const mayPass = /shared memory block .* still in use/.test(words) || (!wanted && /could not bind/.test(words))
    if (!mayPass || Date.now() > deadline) throw new Error(`PostgreSQL did not start on ${data}:\n${words}`)
    await delay(200)
  }
}

/** False when it ended instead. There is no time limit: recovery takes what it takes, and cut short begins anew. */
async function isServing(server: ServerProcess, data: string): Promise<boolean> {
  let ended = false
  void server.exited.then(() => {
    ended = true
  })
  while (!ended) {
    // Line 8 is the state, as pg_ctl reads it; line 1 tells whether the file is this server's.
    const lines = (await readText(join(data, 'postmaster.pid')).catch(() => null))?.split('\n') ?? []
    if (lines[0] === `${server.pid}` && lines[7]?.trim() === 'ready') return true
    await delay(25)
  }
  return false
}
