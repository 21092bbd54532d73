// The parts of Muster as processes of their own, so that each can be stopped and started again.

import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { freePort, startPostgres, startRedis } from '../../packages/embedded/dist/index.js'

const READY_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 10_000
const LAST_WORDS_BYTES = 2_000

/** A whole Muster on an empty folder: PostgreSQL, Redis, an API, a worker and a dashboard. */
export class Stack {
  #folder
  #parts = new Map()
  #redis = null
  #postgres = null
  #environment = null
  #isStopping = false
  /** When what is being started or stopped is there, or gone. */
  #settled = Promise.resolve()

  constructor(folder) {
    this.#folder = folder
  }

  get databaseUrl() {
    return this.#postgres.url
  }

  /** Where each part's metrics are, `host:port` by part. */
  targets = {}

  /** How the API is reached, and by whom. */
  api = { url: '', clientId: 'proof', clientSecret: randomBytes(24).toString('hex') }

  start() {
    return this.#track(() => this.#start())
  }

  /** Resolves when the part serves. */
  startPart(part) {
    return this.#track(() => this.#startPart(part))
  }

  stopPart(part) {
    return this.#track(() => this.#stopPart(part))
  }

  stopRedis() {
    return this.#track(() => this.#redis.stop())
  }

  /** On the port that it had. */
  startRedis() {
    return this.#track(async () => {
      this.#redis = await startRedis({ folder: join(this.#folder, 'redis'), port: this.#redis.port })
    })
  }

  /** Ends whatever was started, what is only just starting too; nothing starts afterwards. */
  async stop() {
    this.#isStopping = true
    await this.#settled
    await Promise.all([...this.#parts.keys()].map((part) => this.#stopPart(part)))
    await Promise.all([this.#redis?.stop(), this.#postgres?.stop()])
  }

  #track(work) {
    if (this.#isStopping) throw new Error('the stack is being stopped')
    const result = work()
    this.#settled = Promise.allSettled([this.#settled, result])
    return result
  }

  async #start() {
    await mkdir(join(this.#folder, 'logs'))
    this.#postgres = await startPostgres({ folder: join(this.#folder, 'postgres') })
    this.#redis = await startRedis({ folder: join(this.#folder, 'redis') })
    const [apiPort, dashboardPort, workerMetrics, dashboardMetrics] = await freePorts(4)
    this.targets = {
      api: `127.0.0.1:${apiPort}`,
      worker: `127.0.0.1:${workerMetrics}`,
      dashboard: `127.0.0.1:${dashboardMetrics}`,
    }
    this.api.url = `http://127.0.0.1:${apiPort}`
    this.#environment = this.#environments({ apiPort, dashboardPort, workerMetrics, dashboardMetrics })
    // The API makes the tables.
    await this.#startPart('api')
    await Promise.all([this.#startPart('worker'), this.#startPart('dashboard')])
  }

  async #startPart(part) {
    const main = fileURLToPath(new URL(`../../apps/${part}/dist/main.js`, import.meta.url))
    const log = join(this.#folder, 'logs', `${part}.log`)
    // It ends by itself when this process is gone: the channel between them closes.
    const child = fork(main, { env: this.#environment[part], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    const output = createWriteStream(log, { flags: 'a' })
    for (const stream of [child.stdout, child.stderr]) stream.pipe(output, { end: false })
    this.#parts.set(part, child)
    const late = new AbortController()
    const first = await Promise.race([
      once(child, 'message').then(() => 'ready'),
      once(child, 'exit').then(() => 'ended'),
      sleep(READY_WITHIN_MS, 'was silent', { signal: late.signal }),
    ])
    late.abort()
    if (first !== 'ready') throw new Error(`${part} ${first} instead of starting:\n${await lastWords(log)}`)
  }

  async #stopPart(part) {
    const child = this.#parts.get(part)
    this.#parts.delete(part)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    await exited
    clearTimeout(force)
  }

  /** All that a part is given: nothing of this process's own environment. */
  #environments({ apiPort, dashboardPort, workerMetrics, dashboardMetrics }) {
    const common = {
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      DATABASE_URL: this.#postgres.url,
      REDIS_URL: this.#redis.url,
    }
    const work = {
      FILE_STORE_URL: pathToFileURL(join(this.#folder, 'files')).href,
      SECRETS_KEY: randomBytes(32).toString('base64'),
      PUBLIC_URL: this.api.url,
    }
    return {
      api: {
        ...common,
        ...work,
        PORT: String(apiPort),
        BOOTSTRAP_CLIENT_ID: this.api.clientId,
        BOOTSTRAP_CLIENT_SECRET: this.api.clientSecret,
      },
      worker: { ...common, ...work, METRICS_PORT: String(workerMetrics) },
      dashboard: {
        ...common,
        DASHBOARD_PORT: String(dashboardPort),
        METRICS_PORT: String(dashboardMetrics),
        OPERATOR_NAME: 'proof',
        OPERATOR_PASSWORD: randomBytes(12).toString('hex'),
      },
    }
  }
}

/** Distinct ones. */
export async function freePorts(count) {
  const ports = new Set()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}

async function lastWords(log) {
  return (await readFile(log, 'utf8').catch(() => '')).slice(-LAST_WORDS_BYTES)
}
