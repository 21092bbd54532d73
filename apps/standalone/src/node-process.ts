import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type Exit, tellExit } from './exit.ts'
import { LogFile } from './log-file.ts'
import type { Running, Serving } from './supervised-process.ts'

const READY_WITHIN_MS = 120_000
const STOP_WITHIN_MS = 8_000
/** How much of a process's last words is kept for the terminal. */
const LAST_WORDS_BYTES = 4_096

const READY = z.object({ ready: z.literal(true), url: z.string(), metrics: z.string() })

export interface NodeProgram {
  /** The path of its main module. */
  readonly main: string
  readonly env: NodeJS.ProcessEnv
  /** Node's own flags, like `--max-old-space-size=128`. */
  readonly flags: readonly string[]
  /** Where its output goes. */
  readonly log: string
}

/**
 * Starts a program that tells over IPC when it serves. It is a group of its own, so that a Ctrl-C
 * in the terminal reaches the supervisor alone, which ends the processes in their order; and it
 * ends by itself when the IPC channel closes, which is how it learns that the supervisor is gone.
 */
export async function startNodeProcess(program: NodeProgram): Promise<Running> {
  const child = fork(program.main, {
    env: program.env,
    execArgv: [...program.flags],
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const lastWords = keepOutput(child, program.log)
  const exited = whenExited(child)
  // The child exists, or 'error' says that it does not.
  await Promise.race([once(child, 'spawn'), exited])
  if (child.pid === undefined) throw new Error(`the system starts no more processes (${lastWords()})`)
  const ready = whenReady(child, exited, lastWords)
  // Whoever supervises may look at `exited` alone.
  ready.catch(() => {})
  return { pid: child.pid, ready, exited, stop: () => stop(child, exited), kill: () => child.kill('SIGKILL') }
}

/** Appends what it prints to the log; answers its last words on standard error. */
function keepOutput(child: ChildProcess, path: string): () => string {
  const log = new LogFile(path)
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null)
  for (const stream of streams) stream.pipe(log, { end: false })
  void Promise.allSettled(streams.map((stream) => finished(stream))).then(() => log.end())
  let words = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    words = (words + bytes.toString('utf8')).slice(-LAST_WORDS_BYTES)
  })
  return () => words.trim()
}

function whenExited(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    // 'close', not 'exit': by then its last words have been read.
    child.once('close', (code, signal) => resolve({ code, signal }))
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null })
    })
  })
}

async function whenReady(child: ChildProcess, exited: Promise<Exit>, lastWords: () => string): Promise<Serving> {
  const late = new AbortController()
  const answers = [
    told(child),
    exited.then((exit) => {
      throw new Error([tellExit(exit), lastWords()].filter(Boolean).join(':\n'))
    }),
    sleep(READY_WITHIN_MS, null, { signal: late.signal }).then(() => {
      child.kill('SIGKILL')
      throw new Error(`was not ready within ${READY_WITHIN_MS / 1_000} s`)
    }),
  ]
  return Promise.race(answers).finally(() => late.abort())
}

function told(child: ChildProcess): Promise<Serving> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const { data } = READY.safeParse(message)
      if (data !== undefined) resolve({ url: data.url, metrics: data.metrics })
    })
  })
}

async function stop(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exited
  clearTimeout(force)
}
