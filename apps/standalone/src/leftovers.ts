import { setTimeout as sleep } from 'node:timers/promises'
import { commandLine, processIdentity } from './process-identity.ts'
import { mainModule } from './roles.ts'
import type { Run } from './run-file.ts'

const STOP_WITHIN_MS = 8_000
const LOOK_EVERY_MS = 50

/**
 * Ends what a killed supervisor left running. Its children notice that it is gone and end by
 * themselves; one that is stopped or stuck cannot. PostgreSQL and Redis are seen to by their own start.
 */
export async function endLeftovers(run: Run): Promise<void> {
  await Promise.all(
    run.processes.map(async ({ role, pid }) => {
      if (role === 'postgres' || role === 'redis') return
      // The number may be another program's by now.
      if ((await commandLine(pid))?.includes(mainModule(role)) === true) await end(pid)
    }),
  )
}

async function end(pid: number): Promise<void> {
  const identity = await processIdentity(pid)
  const isGone = async (): Promise<boolean> => identity === null || (await processIdentity(pid)) !== identity
  signal(pid, 'SIGTERM')
  for (let waited = 0; waited < STOP_WITHIN_MS; waited += LOOK_EVERY_MS) {
    if (await isGone()) return
    await sleep(LOOK_EVERY_MS)
  }
  if (!(await isGone())) signal(pid, 'SIGKILL')
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
