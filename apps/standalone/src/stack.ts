import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startPostgres, startRedis } from '@muster/embedded'
import type { Settings } from './config.ts'
import { type Credentials, keepCredentials, keepSecretsKey } from './credentials.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { endLeftovers } from './leftovers.ts'
import { startNodeProcess } from './node-process.ts'
import { requirePorts } from './ports.ts'
import {
  apiEnvironment,
  dashboardEnvironment,
  mainModule,
  NODE_FLAGS,
  type Surroundings,
  workerEnvironment,
} from './roles.ts'
import { type Role, type Run, RunFile } from './run-file.ts'
import { serverStart } from './server-process.ts'
import { StartRefused } from './start-refused.ts'
import { type Running, type Serving, SupervisedProcess } from './supervised-process.ts'
import { keepWalletFiles, type WalletFiles } from './wallet-files.ts'

/** Children get 8 s, the servers what is left; then all that still lives is killed. */
const STOP_WITHIN_MS = 12_000

/** What runs, and who may use it. */
export interface Started {
  readonly run: Run
  readonly credentials: Credentials
  readonly wallets: WalletFiles
}

/**
 * The whole of Muster on one machine: PostgreSQL, Redis, API, workers and dashboard as processes
 * that are kept alive. After `start`, whether it succeeded or not, `stop` must be called.
 */
export class Stack {
  readonly #settings: Settings
  readonly #say: (line: string) => void
  readonly #runFile: RunFile
  readonly #supervised: { readonly role: Role; readonly process: SupervisedProcess }[] = []
  #folder: DataFolder | null = null
  #urls: Omit<Run, 'processes'> | null = null
  #starting: Promise<unknown> = Promise.resolve()
  #stopped: Promise<void> | null = null

  /** @param say gets what the user should know, line by line */
  constructor(settings: Settings, say: (line: string) => void) {
    this.#settings = settings
    this.#say = say
    this.#runFile = new RunFile(settings.dataFolder)
  }

  get isStopping(): boolean {
    return this.#stopped !== null
  }

  /** Resolves when everything is ready. Throws StartRefused when something is in the way. */
  start(): Promise<Started> {
    const starting = this.#start()
    this.#starting = starting.catch(() => {})
    return starting
  }

  /** Ends everything in its order and gives the data folder free. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #start(): Promise<Started> {
    await this.#takeFolder()
    const credentials = await keepCredentials(this.#settings)
    const secretsKey = await keepSecretsKey(this.#settings)
    const wallets = await keepWalletFiles(this.#settings)
    const [databaseUrl, redisUrl] = await Promise.all([this.#postgres(), this.#redis()])
    const servers = { databaseUrl, redisUrl }
    const around: Surroundings = {
      settings: this.#settings,
      credentials,
      secretsKey,
      wallets: wallets.settings,
      ...servers,
    }
    // The API first: it brings the database's schema up to date.
    const api = await this.#api(around)
    const [dashboard] = await Promise.all([this.#dashboard(around), ...this.#workers(around, api)])
    this.#urls = { api, dashboard, ...servers }
    const run = this.#describe(this.#urls)
    await this.#runFile.write(run)
    return { run, credentials, wallets }
  }

  async #takeFolder(): Promise<void> {
    const folder = await openDataFolder(this.#settings.dataFolder)
    this.#folder = folder
    const left = await this.#runFile.left()
    await this.#runFile.remove()
    if (left !== null) await endLeftovers(left)
    await requirePorts(this.#settings, folder.wasInUse)
    await mkdir(join(folder.path, 'logs'), { recursive: true })
  }

  async #postgres(): Promise<string> {
    const { databaseUrl, dataFolder } = this.#settings
    if (databaseUrl !== null) return databaseUrl
    const folder = join(dataFolder, 'postgres')
    return this.#supervise('postgres', 'PostgreSQL', serverStart(startPostgres, folder, this.#log('postgres')))
  }

  async #redis(): Promise<string> {
    const { redisUrl, dataFolder } = this.#settings
    if (redisUrl !== null) return redisUrl
    const folder = join(dataFolder, 'redis')
    return this.#supervise('redis', 'Redis', serverStart(startRedis, folder, this.#log('redis')))
  }

  #api(around: Surroundings): Promise<string> {
    const log = this.#log('api')
    const start = (port: number) =>
      startNodeProcess({ main: mainModule('api'), flags: NODE_FLAGS.api, env: apiEnvironment(around, port), log })
    return this.#supervise('api', 'API', keepingPort(around.settings.port, start))
  }

  #dashboard(around: Surroundings): Promise<string> {
    const log = this.#log('dashboard')
    const start = (port: number) =>
      startNodeProcess({
        main: mainModule('dashboard'),
        flags: NODE_FLAGS.dashboard,
        env: dashboardEnvironment(around, port),
        log,
      })
    return this.#supervise('dashboard', 'dashboard', keepingPort(around.settings.dashboardPort, start))
  }

  #workers(around: Surroundings, api: string): Promise<string>[] {
    return Array.from({ length: this.#settings.workers }, (_, index) => {
      const name = this.#settings.workers === 1 ? 'worker' : `worker ${index + 1}`
      const log = this.#log(`worker-${index + 1}`)
      const start = () =>
        startNodeProcess({
          main: mainModule('worker'),
          flags: NODE_FLAGS.worker,
          env: workerEnvironment(around, api),
          log,
        })
      return this.#supervise('worker', name, start)
    })
  }

  async #supervise(role: Role, name: string, start: () => Promise<Running>): Promise<string> {
    if (this.isStopping) throw new StartRefused('Muster was asked to stop.')
    const process = new SupervisedProcess({ name, start, say: this.#say, onChange: () => this.#follow() })
    this.#supervised.push({ role, process })
    return process.start().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new StartRefused(`${name} did not start: ${reason}`, { cause: error })
    })
  }

  #log(name: string): string {
    return join(this.#settings.dataFolder, 'logs', `${name}.log`)
  }

  /** The run file follows what lives, from when it is there until Muster stops. */
  #follow(): void {
    if (this.#urls === null || this.isStopping) return
    this.#runFile.write(this.#describe(this.#urls)).catch((error: Error) => {
      this.#say(`run.json could not be brought up to date: ${error.message}`)
    })
  }

  #describe(urls: Omit<Run, 'processes'>): Run {
    const processes = this.#supervised.flatMap(({ role, process: { pid, serving } }) => {
      if (pid === null) return []
      const metrics = serving?.metrics ?? null
      return [metrics === null ? { role, pid } : { role, pid, metrics }]
    })
    return { ...urls, processes }
  }

  async #stop(): Promise<void> {
    const force = setTimeout(() => this.#kill(), STOP_WITHIN_MS)
    try {
      await this.#stopAll((role) => role !== 'postgres' && role !== 'redis')
      await this.#stopAll((role) => role === 'postgres' || role === 'redis')
      await this.#starting
    } finally {
      clearTimeout(force)
    }
    if (this.#folder === null) return
    await this.#runFile.remove()
    await this.#folder.release()
  }

  async #stopAll(which: (role: Role) => boolean): Promise<void> {
    await Promise.all(this.#supervised.map(({ role, process }) => (which(role) ? process.stop() : null)))
  }

  #kill(): void {
    for (const { process } of this.#supervised) process.kill()
  }
}

/** Starts at the port asked for; once it has one, at that again. */
function keepingPort(wanted: number, start: (port: number) => Promise<Running>): () => Promise<Running> {
  let port = wanted
  return async () => {
    const running = await start(port)
    const keep = ({ url }: Serving): void => {
      port = Number(new URL(url).port)
    }
    running.ready.then(keep, () => {})
    return running
  }
}
