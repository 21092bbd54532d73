import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** What `run.json` says, as far as it matters here. */
export interface Run {
  readonly api: string
  readonly databaseUrl: string
  readonly processes: readonly { readonly role: string; readonly pid: number }[]
}

export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** A whole Muster, as `npm start` starts it. */
export interface Stack {
  readonly run: Run
  readonly credentials: Credentials
  readonly dataFolder: string
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../apps/standalone/dist/main.js', import.meta.url))
const READY_WITHIN_MS = 120_000
const LOOK_EVERY_MS = 50

/** Environment variables. */
export type Settings = Readonly<Record<string, string>>

const SETTINGS: Settings = { LOG_LEVEL: 'warn', TENANT_REQUESTS_PER_MINUTE: '0', PORT: '0', DASHBOARD_PORT: '0' }

/**
 * Starts the embedded stack on an empty folder, with the settings it has by default but for those given, for the log, and
 * for the limit to a client that looks often.
 */
export async function startStack(dataFolder: string, settings: Settings): Promise<Stack> {
  const env = { ...process.env, ...SETTINGS, ...settings, DATA_DIR: dataFolder }
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const exited = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
  }
  try {
    const run = await whenReady(join(dataFolder, 'run.json'), () => child.exitCode !== null)
    const credentials = JSON.parse(await readFile(join(dataFolder, 'credentials.json'), 'utf8'))
    return { run, credentials, dataFolder, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The file is there when everything is ready, and whole. */
async function whenReady(path: string, isDead: () => boolean): Promise<Run> {
  for (let waited = 0; waited < READY_WITHIN_MS; waited += LOOK_EVERY_MS) {
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text !== null) return JSON.parse(text)
    if (isDead()) break
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error('the stack did not start')
}
