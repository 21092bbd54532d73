import {
  archivesWithKeys,
  cancelUnstarted,
  expireOperations,
  forgetIdempotencyKeys,
  markArchivesRemoved,
  markFilesRemoved,
  operationsWithFilesToRemove,
  type Pool,
  purgeDeleted,
  removeExpiredClaims,
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
    removeKeys: removal(log, {
      find: async (except) =>
        (await archivesWithKeys(pool, { except, batch: FOLDERS_BATCH })).map((each) => ({
          ...each,
          key: each.archive,
        })),
      remove: (key) => files.remove(key),
      mark: (numbers) => markArchivesRemoved(pool, numbers),
    }),
    removeFiles: removal(log, {
      async find(except) {
        const endedBefore = before(filesDays * DAY_MS)
        const abandonedBefore = before(LATE_UPLOAD_MS)
        const question = { endedBefore, abandonedBefore, except, batch: FOLDERS_BATCH }
        const keepers = await operationsWithFilesToRemove(pool, question)
        return keepers.map((each) => ({ ...each, key: `operations/${each.id}` }))
      },
      remove: (key) => files.remove(key),
      mark: (numbers) => markFilesRemoved(pool, numbers),
    }),
    purgeDeleted: () => purgeDeleted(pool, ROWS_BATCH),
    removeExpiredClaims: async () => (await removeExpiredClaims(pool, ROWS_BATCH)) === ROWS_BATCH,
    async forgetIdempotencyKeys() {
      await forgetIdempotencyKeys(pool, before(KEYS_MS))
      return false
    },
  }
}

/** What is to be removed, and how. */
interface Removal {
  /** Those that are to go, but for the ids `except`; empty when none is left. */
  find(except: readonly string[]): Promise<readonly { number: bigint; id: string; key: string }[]>
  remove(key: string): Promise<void>
  mark(numbers: readonly bigint[]): Promise<void>
}

/** The files first, then the mark: what was cut short between is done again. */
function removal(log: Logger, { find, remove, mark }: Removal): Batch {
  const stuck: string[] = []
  return async () => {
    const removed: bigint[] = []
    const left = (await find(stuck)).values()
    const removeEach = async () => {
      for (const { number, id, key } of left) {
        try {
          await remove(key)
          removed.push(number)
        } catch (error) {
          stuck.push(id)
          log.warn({ err: error, operationId: id }, 'files that are not to be kept any longer could not be removed')
        }
      }
    }
    await Promise.all(Array.from({ length: FOLDERS_AT_ONCE }, removeEach))
    await mark(removed)
    // A store that removes nothing is not asked again and again.
    return removed.length > 0
  }
}
