import { access, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { stopLeftover } from '@muster/embedded'

/** How the folder of a run is called, in the folder for temporary files. */
export const RUN_PREFIX = 'muster-test-'

/** How the folders of Redis servers are called, in the folder of a run. */
export const REDIS_PREFIX = 'redis-'

/** Stops and removes what runs that were killed left behind. Runs that are still going are left alone. */
export async function removeDeadRuns(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(RUN_PREFIX)) continue
    const folder = join(parent, name)
    const postgres = join(folder, 'postgres')
    // Without an owner it is just being made.
    if (!(await exists(join(postgres, 'owner')))) continue
    try {
      await stopLeftover(postgres)
    } catch {
      continue // Its owner lives.
    }
    await stopRedisOf(folder)
    await rm(folder, { recursive: true, force: true })
  }
}

/** Stops the Redis servers of a run whose test files have ended. */
export async function stopRedisOf(runFolder: string): Promise<void> {
  for (const name of await readdir(runFolder)) {
    if (name.startsWith(REDIS_PREFIX)) await stopLeftover(join(runFolder, name))
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
