import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { untilReady } from './connection.ts'
import { within } from './deadline.ts'
import { TurnFailed } from './error-name.ts'
import type { Log } from './log.ts'
import { progressTicker } from './progress-ticker.ts'
import { type OperationJob, type OperationsJob, operationsQueue, type TurnsQueue } from './queues.ts'
import type { TurnHandler, TurnResult } from './turn.ts'

const QUESTION_MS = 500

/** How a job is given to the handler: throws `TurnFailed` when the turn is to be tried again later. */
export type HandleTurn = (job: OperationsJob, signal: AbortSignal) => Promise<TurnResult>

/** Where to ask whether others wait. */
interface Asking {
  readonly queue: TurnsQueue
  /** Of the role `producer`: a question does not wait for Redis to come back. */
  readonly connection: Redis
}

/** @param asking null where others are always to be thought waiting */
export function turnHandling(handler: TurnHandler, asking: Asking | null, log: Log): HandleTurn {
  const queue = asking && operationsQueue(asking.connection, asking.queue)
  return async (job, signal) => {
    const ticker = progressTicker((progress) => job.updateProgress({ ...progress }))
    try {
      const result = await handler({
        operationId: job.data.operationId,
        signal,
        othersWait: async () => queue === null || asking === null || othersWait(queue, asking.connection),
        progress: ticker.tick,
      })
      await within(QUESTION_MS, ticker.flush()).catch(() => {})
      return result
    } catch (error) {
      if (signal.aborted) return 'turn-over'
      const failures = job.attemptsMade + 1
      log.error({ operationId: job.id, failures, err: error }, 'a turn failed and will be tried again')
      throw new TurnFailed(error)
    }
  }
}

/** Delayed ones count: they become waiting only when a worker fetches, which a worker in a turn does not. */
async function othersWait(queue: Queue<OperationJob, void, string>, asking: Redis): Promise<boolean> {
  const count = async () => {
    await untilReady(asking, QUESTION_MS)
    return queue.getJobCountByTypes('waiting', 'prioritized', 'delayed')
  }
  return within(QUESTION_MS, count()).then(
    (others) => others > 0,
    () => false,
  )
}
