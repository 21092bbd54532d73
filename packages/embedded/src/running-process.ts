import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

// Process numbers are used again, so a number alone says nothing: every question here is asked of the process itself,
// through /proc, or through ps and lsof where there is no /proc (macOS).

/** The arguments of a process joined by blanks, or null when it is gone (or only a zombie is left of it). */
export async function commandOf(pid: number): Promise<string | null> {
  const raw =
    process.platform === 'linux' ? await linuxCommand(pid) : await outputOf('ps', ['-o', 'command=', '-p', `${pid}`])
  const command = raw?.trim()
  return command ? command : null
}

/** The folder a process works in, or null when it is gone or belongs to somebody who keeps that from us. */
export async function workingFolderOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return readlink(`/proc/${pid}/cwd`).catch(() => null)
  const output = await outputOf('lsof', ['-a', '-p', `${pid}`, '-d', 'cwd', '-Fn'])
  return output?.match(/^n(.*)$/m)?.[1] ?? null
}

/** When a process started, in a form that is only good for comparing; null when it is gone. */
export async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return (await outputOf('ps', ['-o', 'lstart=', '-p', `${pid}`]))?.trim() || null
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null)
  if (stat === null) return null
  // The second field is the name in brackets and may hold blanks and brackets of its own (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, started] = [fields[0], fields[19]]
  return state === 'Z' || state === 'X' ? null : (started ?? null)
}

/**
 * Asks a process that is not our child to end, one signal after another, each with its time in milliseconds.
 * @throws when it is still there after the last one
 */
export async function endProcess(pid: number, signals: readonly (readonly [NodeJS.Signals, number])[]): Promise<void> {
  const started = await startOf(pid)
  const gone = async () => started === null || (await startOf(pid)) !== started
  for (const [signal, patience] of signals) {
    if (await gone()) return
    sendSignal(pid, signal)
    const end = Date.now() + patience
    while (Date.now() < end) {
      if (await gone()) return
      await delay(20)
    }
  }
  if (!(await gone())) throw new Error(`process ${pid} of an earlier run does not end: stop it by hand`)
}

/** Sends a signal; a process that is gone already is fine. */
function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

async function linuxCommand(pid: number): Promise<string | null> {
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null)
  return raw?.replaceAll('\0', ' ') ?? null
}

function outputOf(command: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(command, [...args], (error, stdout) => resolve(error ? null : stdout))
  })
}
