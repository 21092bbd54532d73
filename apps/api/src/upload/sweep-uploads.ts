import { knownOperations, type Pool } from '@muster/database'
import type { FileStore } from '@muster/engine'
import type { Logger } from '@muster/telemetry'
import { UPLOADS_FOLDER } from './reception.ts'

/** An upload that nothing has been added to for so long is over: its connection would have been given up. */
const ABANDONED_MS = 3_600_000
const EVERY_MS = 3_600_000
const BATCH = 500

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Removes uploads of which no operation was made, because the process that received them was killed.
 *
 * @param before those that changed since are left alone: they may still be coming in
 * @returns how many were removed
 */
export async function sweepUploads(pool: Pool, files: FileStore, before: Date): Promise<number> {
  let removed = 0
  for await (const ids of oldFolders(files, before)) {
    const known = await knownOperations(pool, ids)
    const orphans = ids.filter((id) => !known.has(id))
    await Promise.all(orphans.map((id) => files.remove(`${UPLOADS_FOLDER}/${id}`)))
    removed += orphans.length
  }
  return removed
}

async function* oldFolders(files: FileStore, before: Date): AsyncGenerator<readonly string[]> {
  let batch: string[] = []
  for await (const { name, changedAt } of files.folders(UPLOADS_FOLDER)) {
    if (changedAt >= before || !UUID.test(name)) continue
    batch.push(name)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

export interface UploadSweep {
  /** Returns when a sweep that runs has ended. */
  stop(): Promise<void>
}

/** Sweeps now and every hour. What goes wrong is logged, and tried again with the next. */
export function startUploadSweep(pool: Pool, files: FileStore, log: Logger): UploadSweep {
  const sweep = async (): Promise<void> => {
    try {
      const removed = await sweepUploads(pool, files, new Date(Date.now() - ABANDONED_MS))
      if (removed > 0) log.info({ removed }, 'removed uploads that were never finished')
    } catch (error) {
      log.warn({ err: error }, 'uploads were not swept')
    }
  }
  let running = sweep()
  const timer = setInterval(() => {
    running = running.then(sweep)
  }, EVERY_MS)
  timer.unref()
  return {
    stop: () => {
      clearInterval(timer)
      return running
    },
  }
}
