import { mkdir, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { type Command, launch, type Server, type StopSignals, serverOf } from '../server.ts'
import { claimFolder, keptPassword, writeDurably } from '../server-folder.ts'
import { redisConfiguration } from './configuration.ts'
import { findRedis } from './find-redis.ts'
import { PID_FILE, stopLeftoverRedis } from './leftover.ts'
import { answersPing } from './ping.ts'

export interface RedisOptions {
  /** Where everything is kept: append-only file, configuration, password. Made when missing; one server at a time. */
  readonly folder: string
  /** Default: a free one. */
  readonly port?: number
  /** Is given every line the server writes. */
  readonly log?: (line: string) => void
}

const STOP: StopSignals = [
  ['SIGTERM', 8_000],
  ['SIGKILL', 5_000],
]

/** How often another free port is tried when somebody was quicker. */
const PORT_ATTEMPTS = 5

/**
 * Starts Redis (or Valkey) on a folder with an append-only file and no eviction, and resolves when it answers. Its
 * program is taken from PATH, else from the distribution's packages. A server that a killed run left on the folder is
 * stopped.
 * @throws when the folder is in use by another living process, when there is no Redis to be had (the message says how
 *   to get one), or with the server's own words when it ends
 */
export async function startRedis(options: RedisOptions): Promise<Server> {
  const program = await findRedis({
    names: ['redis-server', 'valkey-server'],
    cacheFolder: join(homedir(), '.cache', 'muster'),
    aptGet: 'apt-get',
  })
  await mkdir(options.folder, { recursive: true })
  const folder = await realpath(options.folder)
  const release = await claimFolder(folder)
  try {
    await stopLeftoverRedis(folder)
    const password = await keptPassword(join(folder, 'password'))
    const file = join(folder, 'redis.conf')
    const command: Command = { file: program.file, args: [file], folder, environment: program.environment }
    const { server, port } = await startAnswering(command, options, async (port) => {
      await writeDurably(file, redisConfiguration({ folder, port, password, pidFile: join(folder, PID_FILE) }))
      return password
    })
    const url = `redis://:${password}@127.0.0.1:${port}`
    return serverOf(server, url, port, release)
  } catch (error) {
    await release()
    throw error
  }
}

async function startAnswering(
  command: Command,
  { port: wanted, log, folder }: RedisOptions,
  configure: (port: number) => Promise<string>,
) {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort())
    const password = await configure(port)
    const server = await launch(command, STOP, log)
    if (await answersPing(port, password, server.exited)) return { server, port }
    const words = (await server.lastWords()).join('\n')
    const mayPass = wanted === undefined && /[Aa]ddress already in use|bind/.test(words)
    if (!mayPass || attempt >= PORT_ATTEMPTS) throw new Error(`Redis did not start on ${folder}:\n${words}`)
  }
}
