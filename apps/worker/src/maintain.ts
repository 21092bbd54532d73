import {
  cancelUnstarted,
  expireOperations,
  type FilesQuestion,
  forgetIdempotencyKeys,
  markFilesRemoved,
  operationsWithFilesToRemove,
  type Pool,
  purgeDeleted,
} from '@muster/database'
import type { FileStore } from '@muster/engine'
import type { Logger } from '@muster/telemetry'

interface Retention {
  /** Hours that an operation may await its data or its start. */
  readonly awaitingDataHours: number
  /** Days after its end that an operation's files are kept. */
  readonly filesDays: number
  /** Days after its end that an operation's record is kept. */
  readonly recordsDays: number
}

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
/** An Idempotency-Key is remembered for so long. */
const KEYS_MS = DAY_MS
/** An upload that still came in when its operation was cancelled is refused at its end; it is not cut off before. */
const LATE_UPLOAD_MS = HOUR_MS

const OPERATIONS_BATCH = 500
const FOLDERS_BATCH = 100
const FOLDERS_AT_ONCE = 8
const ROWS_BATCH = 10_000

/** What one step may take of a run; what is left is for the next. */
const STEP_MS = 10_000

interface Services {
  readonly pool: Pool
  readonly files: FileStore
  readonly log: Logger
}

/** One batch of a step; false when nothing is left. */
type Batch = () => Promise<boolean>

/**
 * Does what time brings about: operations without data are cancelled, files and records that were kept long enough
 * go. It may be cut short, repeated, and run in several processes at once. A step that fails keeps no other from its
 * work; then this throws, after all of them.
 *
 * @param now the time it is taken to be
 */
export async function maintain(
  services: Services,
  retention: Retention,
  signal: AbortSignal,
  now = Date.now(),
): Promise<void> {
  const { log } = services
  const failures: unknown[] = []
  for (const [name, batch] of Object.entries(steps(services, retention, now))) {
    const until = performance.now() + STEP_MS
    try {
      while (!signal.aborted && performance.now() < until && (await batch()));
    } catch (error) {
      if (signal.aborted) break
      log.error({ err: error, step: name }, 'a step of maintenance failed')
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

function steps({ pool, files, log }: Services, retention: Retention, now: number): Readonly<Record<string, Batch>> {
  const { awaitingDataHours: hours, filesDays, recordsDays } = retention
  const before = (ms: number) => new Date(now - ms)
  return {
    cancelUnstarted: () => cancelUnstarted(pool, before(hours * HOUR_MS), { hours, batch: OPERATIONS_BATCH }),
    expireOperations: () => expireOperations(pool, before(recordsDays * DAY_MS), OPERATIONS_BATCH),
    removeFiles: fileRemoval(pool, files, log, {
      endedBefore: before(filesDays * DAY_MS),
      abandonedBefore: before(LATE_UPLOAD_MS),
      batch: FOLDERS_BATCH,
    }),
    purgeDeleted: () => purgeDeleted(pool, ROWS_BATCH),
    async forgetIdempotencyKeys() {
      await forgetIdempotencyKeys(pool, before(KEYS_MS))
      return false
    },
  }
}

/** The files first, then the mark: what was cut short between is done again. */
function fileRemoval(pool: Pool, files: FileStore, log: Logger, question: Omit<FilesQuestion, 'except'>): Batch {
  const stuck: string[] = []
  return async () => {
    const operations = await operationsWithFilesToRemove(pool, { ...question, except: stuck })
    const removed: bigint[] = []
    const left = operations.values()
    const remove = async () => {
      for (const { number, id } of left) {
        try {
          await files.remove(`operations/${id}`)
          removed.push(number)
        } catch (error) {
          stuck.push(id)
          log.warn({ err: error, operationId: id }, 'files that were kept long enough could not be removed')
        }
      }
    }
    await Promise.all(Array.from({ length: FOLDERS_AT_ONCE }, remove))
    await markFilesRemoved(pool, removed)
    // A store that removes nothing is not asked again and again.
    return removed.length > 0
  }
}
