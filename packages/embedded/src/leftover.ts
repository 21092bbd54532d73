import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { stopLeftoverPostgres } from './postgres/leftover.ts'
import { stopLeftoverRedis } from './redis/leftover.ts'
import { claimFolder } from './server-folder.ts'

/**
 * Stops the server that a process which died left running on this folder, if there is one; its data stays.
 * @throws when the process that started it is alive, or when there is no such folder
 */
export async function stopLeftover(folder: string): Promise<void> {
  const resolved = await realpath(folder)
  const release = await claimFolder(resolved)
  try {
    await stopLeftoverPostgres(join(resolved, 'data'))
    await stopLeftoverRedis(resolved)
  } finally {
    await release()
  }
}
