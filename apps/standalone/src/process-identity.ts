import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * What tells a process from a later one with the same id: when it began. Null when there is no
 * such process, or when it is dead and only not yet collected by its parent.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
}

async function fromProc(pid: number): Promise<string | null> {
  const stat = await readProc(`/proc/${pid}/stat`)
  if (stat === null) return null
  // proc(5): the second field is the name in parentheses and may hold anything; the state follows it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  const boot = await readProc('/proc/sys/kernel/random/boot_id')
  return `${boot?.trim() ?? ''} ${fields[19]}`
}

async function fromPs(pid: number): Promise<string | null> {
  const line = await ps('stat=,lstart=', pid)
  return line === null || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '')
}

/** The command line of a living process, null when it is none or is not ours to see. */
export async function commandLine(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return ps('command=', pid)
  const text = await readProc(`/proc/${pid}/cmdline`)
  return text === null || text === '' ? null : text.replaceAll('\0', ' ')
}

async function readProc(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null)
}

async function ps(columns: string, pid: number): Promise<string | null> {
  const found = await promisify(execFile)('ps', ['-o', columns, '-p', String(pid)]).catch(() => null)
  const line = found?.stdout.trim()
  return line === undefined || line === '' ? null : line
}
