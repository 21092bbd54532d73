import { join } from 'node:path'
import { commandOf, endProcess } from '../running-process.ts'
import { readText } from '../server-folder.ts'

/**
 * Stops the server that an earlier run, killed before it could, left running on this data folder.
 * @returns the process number in the lock file of a server that is gone, which may be somebody else's by now; null
 *   when there is no lock file
 */
export async function stopLeftoverPostgres(data: string): Promise<number | null> {
  const lock = await readText(join(data, 'postmaster.pid'))
  const pid = Number(lock?.split('\n', 1)[0])
  if (!Number.isSafeInteger(pid) || pid <= 0) return null
  const command = await commandOf(pid)
  if (command === null || !command.includes(`postgres -D ${data} `)) return pid
  await endProcess(pid, [
    ['SIGINT', 8_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 2_000],
  ])
  return null
}
