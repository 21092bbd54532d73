import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Role, Run } from '../../src/run-file.ts'
import { eventually } from './eventually.ts'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const READY_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 20_000

/** A process of the stack, as `run.json` names it. */
export type Entry = Run['processes'][number]

/** `npm start` as a process of its own, on a data folder of its own. */
export class Supervisor {
  readonly dataFolder: string
  /** Everything it told the terminal, all its lives together. */
  readonly told: string[] = []
  readonly #settings: Readonly<Record<string, string>>
  #child: ChildProcess | null = null

  /** @param settings environment variables, beside the data folder and free ports */
  constructor(dataFolder: string, settings: Readonly<Record<string, string>>) {
    this.dataFolder = dataFolder
    this.#settings = settings
  }

  /** Starts it and resolves when all of the stack is ready. */
  async start(): Promise<void> {
    const env = { ...process.env, ...this.#settings, DATA_DIR: this.dataFolder, PORT: '0', DASHBOARD_PORT: '0' }
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.told.push(line))
    }
    const before = this.told.length
    await eventually('the stack to be ready', READY_WITHIN_MS, async () => {
      if (child.exitCode !== null) return 'dead' as const
      return this.told.slice(before).some((line) => line.startsWith('Muster is ready')) ? ('ready' as const) : null
    })
    if (child.exitCode !== null) throw new Error(`the stack did not start:\n${this.told.slice(before).join('\n')}`)
  }

  /** What `run.json` says now. */
  async run(): Promise<Run> {
    return JSON.parse(await readFile(join(this.dataFolder, 'run.json'), 'utf8'))
  }

  async entries(role: Role): Promise<readonly Entry[]> {
    return (await this.run()).processes.filter((entry) => entry.role === role)
  }

  /** The one process of a role; throws when there are several. */
  async only(role: Role): Promise<Entry> {
    const [entry, ...others] = await this.entries(role)
    if (entry === undefined || others.length > 0) throw new Error(`expected one ${role}`)
    return entry
  }

  /** Kills the process of a role with SIGKILL and resolves when another one is there in its place. */
  async killAndAwaitNext(role: Role): Promise<void> {
    const { pid } = await this.only(role)
    process.kill(pid, 'SIGKILL')
    await this.next(role, pid)
  }

  /** Resolves when `run.json` names another process in the place of the one with this id. */
  async next(role: Role, pid: number): Promise<void> {
    await eventually(`a ${role} in the place of process ${pid}`, 30_000, async () => {
      const entries = await this.entries(role)
      return entries.length > 0 && entries.every((entry) => entry.pid !== pid) ? true : null
    })
  }

  /** The line in which it told that the process ended, once it did. */
  deathOf(pid: number, withinMs: number): Promise<string> {
    return eventually(`process ${pid} to end`, withinMs, async () => {
      return this.told.find((line) => line.includes(`(process ${pid}) `) && !line.includes('started again')) ?? null
    })
  }

  /** SIGKILL for the supervisor alone: its children have to notice by themselves. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends everything, by force what does not end by itself, and removes the data folder. */
  async remove(): Promise<void> {
    const left = await this.run().catch(() => null)
    await this.#end('SIGTERM')
    // After a clean stop there is no run.json, and the ids are nobody's or somebody else's.
    const stillThere = await this.run().catch(() => null)
    if (stillThere !== null) for (const { pid } of left?.processes ?? []) kill(pid)
    await rm(this.dataFolder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    await exited
    clearTimeout(force)
  }
}

/** True while a process of that id is there. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
