import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

/** How a process ended: by itself with a code, or by a signal. */
interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** A database server that runs as a process of our own, reachable from this machine only. */
export interface Server {
  /** With user and password. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Resolves when the process is gone, however it went. Never rejects. */
  readonly exited: Promise<Exit>
  /**
   * Shuts the server down in order, by force where it takes too long; resolves when it is gone. May be called again.
   * A process that ends without calling this leaves the server running; the next start on its folder stops it.
   */
  stop(): Promise<void>
}

/** What to run. The environment is exactly what is given: nothing of ours, secrets above all, reaches the server. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

/** A signal and the milliseconds it is given to work before the next one. */
export type StopSignals = readonly (readonly [NodeJS.Signals, number])[]

/** A server process between its start and its end. */
export interface ServerProcess {
  readonly pid: number
  readonly exited: Promise<Exit>
  /** The last lines it wrote. */
  lastWords(): Promise<readonly string[]>
  stop(): Promise<void>
}

const KEPT_LINES = 30

/** Starts a server process in a process group of its own. */
export async function launch(
  command: Command,
  stopSignals: StopSignals,
  log: (line: string) => void = () => {},
): Promise<ServerProcess> {
  const child = spawn(command.file, [...command.args], {
    cwd: command.folder,
    env: { ...command.environment },
    // A group of its own: Ctrl-C in the terminal reaches our processes, which are drained first and need their
    // servers until they are.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...command.user,
  })
  const lines = keepLines(child, log)
  const exited = exitOf(child)
  const closed = new Promise((resolve) => child.once('close', resolve))
  const { pid } = child
  if (pid === undefined) {
    await exited
    throw new Error(`${command.file} cannot be started in ${command.folder}`)
  }
  return {
    pid,
    exited,
    lastWords: async () => {
      // Its children may outlive it and hold the pipes open, so the end of the output is not waited for in earnest.
      await Promise.race([closed, delay(200)])
      return lines
    },
    stop: () => stopChild(child, exited, stopSignals),
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.on('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null })
    })
  })
}

function keepLines(child: ChildProcess, log: (line: string) => void): string[] {
  const kept: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      kept.push(line)
      if (kept.length > KEPT_LINES) kept.shift()
      log(line)
    })
  }
  return kept
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>, signals: StopSignals): Promise<void> {
  for (const [signal, patience] of signals) {
    // False when the process is gone already.
    if (!child.kill(signal)) break
    const timer = new AbortController()
    const late = delay(patience, 'late', { signal: timer.signal }).catch(() => 'late')
    const first = await Promise.race([exited, late])
    timer.abort()
    if (first !== 'late') break
  }
  await exited
}

/** The server that a process is, once it serves. Its folder is given free before anybody hears that it has ended. */
export function serverOf(running: ServerProcess, url: string, port: number, release: () => Promise<void>): Server {
  const exited = running.exited.then(async (exit) => {
    await release()
    return exit
  })
  let stopping: Promise<void> | undefined
  const stop = async () => {
    await running.stop()
    await exited
  }
  return {
    url,
    port,
    pid: running.pid,
    exited,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}
