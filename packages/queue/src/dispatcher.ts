import { errorName, TurnFailed } from './error-name.ts'
import type { Log } from './log.ts'
import type { OperationsProducer } from './operations-producer.ts'
import { DISPATCH_QUEUE, type QueuedOperation } from './queues.ts'
import { type ScheduledWork, scheduleWork } from './scheduled-work.ts'

export interface DispatcherOptions {
  readonly redisUrl: string
  /** Milliseconds between two runs, of all processes together; 3,000 unless told. */
  readonly everyMs?: number
  /**
   * The operations that should have a job that lives, first those that should be first: PostgreSQL's
   * word. It bounds their number, and is fair between tenants.
   */
  readonly pending: () => Promise<readonly QueuedOperation[]>
  readonly producer: OperationsProducer
  /**
   * Told of each run that nobody had asked for how many jobs were missing and were made, those for messages left out,
   * which become due by themselves. None while nothing is lost, but for what came at that very moment.
   */
  readonly onRepaired?: (jobs: number) => void
  readonly log: Log
}

/** Makes Redis agree with PostgreSQL, every few seconds and when nudged. */
export function runDispatcher(options: DispatcherOptions): ScheduledWork {
  const { redisUrl, everyMs = 3_000, pending, producer, onRepaired, log } = options
  const work = async (_signal: AbortSignal, isTick: boolean) => {
    try {
      const operations = await pending()
      const made = operations.map(() => false)
      const isMade = (index: number) => () => {
        made[index] = true
      }
      await Promise.all(operations.map((operation, index) => producer.enqueue(operation, isMade(index))))
      const repaired = operations.filter(({ isDelivery = false }, index) => made[index] && !isDelivery).length
      if (isTick && repaired > 0) onRepaired?.(repaired)
    } catch (error) {
      log.error({ error: errorName(error) }, 'the dispatcher could not tell what is pending')
      throw new TurnFailed(error)
    }
  }
  return scheduleWork({ redisUrl, queueName: DISPATCH_QUEUE, everyMs, work, log })
}
