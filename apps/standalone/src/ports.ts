import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from './config.ts'
import { StartRefused } from './start-refused.ts'

/** As long as a process may take to end whose supervisor was killed. */
const LEFTOVERS_END_WITHIN_MS = 15_000
const LOOK_EVERY_MS = 200

/**
 * Throws StartRefused, naming them all, when ports of the settings are taken.
 * @param leftovers processes of an earlier run may still hold them and are waited for
 */
export async function requirePorts(settings: Settings, leftovers: boolean): Promise<void> {
  const { host, port, dashboardPort } = settings
  const wanted = [
    { name: 'PORT', port },
    { name: 'DASHBOARD_PORT', port: dashboardPort },
  ].filter((setting) => setting.port !== 0)
  if (port !== 0 && port === dashboardPort) {
    throw new StartRefused(`PORT and DASHBOARD_PORT are both ${port}; they must differ.`)
  }
  const until = Date.now() + (leftovers ? LEFTOVERS_END_WITHIN_MS : 0)
  let problems = await takenPorts(host, wanted)
  while (problems.length > 0 && Date.now() < until) {
    await sleep(LOOK_EVERY_MS)
    problems = await takenPorts(host, wanted)
  }
  if (problems.length > 0) throw new StartRefused(problems.join('\n'))
}

async function takenPorts(host: string, wanted: readonly { name: string; port: number }[]): Promise<string[]> {
  const problems = await Promise.all(
    wanted.map(async ({ name, port }) => describe(await bindError(host, port), name, port, host)),
  )
  return problems.filter((problem) => problem !== null)
}

function describe(code: string | null, name: string, port: number, host: string): string | null {
  if (code === null) return null
  if (code === 'EADDRINUSE') return `Port ${port} is taken by another program. Set ${name} to a free one; 0 picks one.`
  if (code === 'EACCES') return `Port ${port} needs more rights than this user has. Set ${name} to one above 1023.`
  return `Cannot listen on port ${port} of ${host} (${code}). Correct HOST or ${name}.`
}

async function bindError(host: string, port: number): Promise<string | null> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown'
  }
}
