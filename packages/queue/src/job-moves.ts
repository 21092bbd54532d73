import { DelayedError, WaitingError } from 'bullmq'
import { errorName } from './error-name.ts'
import type { Log } from './log.ts'
import type { OperationsJob } from './queues.ts'

/** A turn's job with the token of its lock. Every move throws what BullMQ expects after one. */
export interface JobMoves {
  /** To the front of the line, for another worker to take at once. */
  handBack(): Promise<never>
  /** Behind all that wait, after `ms` milliseconds. */
  putBehind(ms: number): Promise<never>
  /** Not at all: the job is another worker's by now. */
  leave(): never
}

export function jobMoves(job: OperationsJob, token: string, log: Log): JobMoves {
  /** A job that Redis lost, or another worker has, cannot be moved: the dispatcher sees to the operation. */
  const moved = async (move: () => Promise<unknown>): Promise<void> => {
    try {
      await move()
    } catch (error) {
      log.warn({ operationId: job.id, error: errorName(error) }, 'the job is no longer ours to move')
    }
  }
  return {
    async handBack() {
      await moved(() => job.moveToWait(token))
      throw new WaitingError()
    },
    async putBehind(ms) {
      // moveToWait would put it before the others; one delayed until now goes to the back at the next fetch.
      await moved(() => job.moveToDelayed(Date.now() + ms, token))
      throw new DelayedError()
    },
    leave() {
      throw new WaitingError()
    },
  }
}
