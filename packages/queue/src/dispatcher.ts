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
  readonly log: Log
}

/** Makes Redis agree with PostgreSQL, every few seconds and when nudged. */
export function runDispatcher({ redisUrl, everyMs = 3_000, pending, producer, log }: DispatcherOptions): ScheduledWork {
  const work = async () => {
    try {
      const operations = await pending()
      await Promise.all(operations.map((operation) => producer.enqueue(operation)))
    } catch (error) {
      log.error({ error: errorName(error) }, 'the dispatcher could not tell what is pending')
      throw new TurnFailed(error)
    }
  }
  return scheduleWork({ redisUrl, queueName: DISPATCH_QUEUE, everyMs, work, log })
}
