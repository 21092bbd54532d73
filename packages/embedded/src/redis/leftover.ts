import { join } from 'node:path'
import { commandOf, endProcess, workingFolderOf } from '../running-process.ts'
import { readText } from '../server-folder.ts'

/** Where the server writes its process number, inside its folder. */
export const PID_FILE = 'redis.pid'

/**
 * Stops the server that an earlier run, killed before it could, left running on this folder.
 * @param folder with symbolic links resolved
 */
export async function stopLeftoverRedis(folder: string): Promise<void> {
  const pid = Number(await readText(join(folder, PID_FILE)))
  if (!Number.isSafeInteger(pid) || pid <= 0) return
  // It replaces its arguments by a title of its own, so that the folder it works in is what tells whose it is.
  const [command, workingFolder] = await Promise.all([commandOf(pid), workingFolderOf(pid)])
  if (command === null || !/redis|valkey/.test(command) || workingFolder !== folder) return
  await endProcess(pid, [
    ['SIGTERM', 8_000],
    ['SIGKILL', 2_000],
  ])
}
