import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const STANDALONE = fileURLToPath(new URL('../../../standalone/dist/main.js', import.meta.url))
const OPERATORS = fileURLToPath(new URL('../../dist/operators.js', import.meta.url))
const STOP_WITHIN_MS = 20_000

/** A name and a password for the dashboard. */
export interface Person {
  readonly name: string
  readonly password: string
}

const RUN = z.object({ api: z.string(), dashboard: z.string(), databaseUrl: z.string() })
const CREDENTIALS = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  operator: z.object({ name: z.string(), password: z.string() }),
})
const CREATED = z.object({ id: z.string() })
const TOKEN = z.object({ access_token: z.string() })

type Run = z.infer<typeof RUN>
type Credentials = z.infer<typeof CREDENTIALS>

/** A whole Muster as `npm start` runs it, on a folder of its own, that takes its time with every row. */
export class RunningMuster {
  readonly run: Run
  readonly operator: Person
  readonly #folder: string
  readonly #child: ChildProcess
  readonly #credentials: Credentials

  private constructor(folder: string, child: ChildProcess, run: Run, credentials: Credentials) {
    this.run = run
    this.operator = credentials.operator
    this.#folder = folder
    this.#child = child
    this.#credentials = credentials
  }

  static async start(): Promise<RunningMuster> {
    const folder = await mkdtemp(join(tmpdir(), 'muster-browser-'))
    const settings = { CHUNK_SIZE: '1', LANES: '1', DATA_DIR: folder, PORT: '0', DASHBOARD_PORT: '0' }
    const child = spawn(process.execPath, [STANDALONE], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await ready(child)
      const run = RUN.parse(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')))
      const credentials = CREDENTIALS.parse(JSON.parse(await readFile(join(folder, 'credentials.json'), 'utf8')))
      return new RunningMuster(folder, child, run, credentials)
    } catch (error) {
      await end(child)
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
      throw error
    }
  }

  /** Uploads users that are all new. @returns the operation's id */
  async importUsers(rows: number): Promise<string> {
    const lines = Array.from({ length: rows }, (_, n) => `user-${n},user-${n}@example.com`)
    const form = new FormData()
    form.append('type', 'IMPORT_USERS')
    form.append('name', 'Browser import')
    form.append('file', new Blob([`userId,email\n${lines.join('\n')}\n`]), 'users.csv')
    const answer = await fetch(`${this.run.api}/v1/operations`, {
      method: 'POST',
      body: form,
      headers: { Authorization: `Bearer ${await this.#token()}` },
    })
    return CREATED.parse(await answer.json()).id
  }

  /** Makes somebody who may look, by the operators' command line. */
  async addViewer(viewer: Person): Promise<void> {
    const command = promisify(execFile)(process.execPath, [OPERATORS, 'add', viewer.name, '--role', 'viewer'], {
      env: { ...process.env, DATABASE_URL: this.run.databaseUrl },
    })
    command.child.stdin?.end(`${viewer.password}\n`)
    await command
  }

  /** Ends everything and leaves nothing behind. */
  async remove(): Promise<void> {
    await end(this.#child)
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #token(): Promise<string> {
    const { clientId, clientSecret } = this.#credentials
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    })
    const answer = await fetch(`${this.run.api}/oauth/token`, { method: 'POST', body })
    return TOKEN.parse(await answer.json()).access_token
  }
}

async function ready({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error('no standard output')
  for await (const line of createInterface({ input: stdout })) {
    if (!line.startsWith('Muster is ready')) continue
    stdout.resume()
    return
  }
  throw new Error('Muster did not start')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exited
  clearTimeout(force)
}
