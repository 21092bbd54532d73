import { type Queue, Worker } from 'bullmq'
import { connect } from './connection.ts'
import { within } from './deadline.ts'
import { errorName, TurnFailed } from './error-name.ts'
import { type Log, SILENT } from './log.ts'
import type { OperationsProducer } from './operations-producer.ts'
import { DISPATCH_QUEUE, dispatchQueue, type QueuedOperation } from './queues.ts'
import { workerSettings } from './worker-settings.ts'

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

export interface Dispatcher {
  close(): Promise<void>
}

const SCHEDULER = 'dispatch'
const LOCK_MS = 15_000
const CLOSE_MS = 2_000
/** A scheduler whose next run is overdue by that many intervals has lost its job. */
const OVERDUE_INTERVALS = 3

/**
 * Makes Redis agree with PostgreSQL, every few seconds and when nudged. A job scheduler ticks, so
 * that one process a tick does it, however many there are; and because Redis may lose that too,
 * every process looks after the scheduler on a timer of its own.
 */
export function runDispatcher(options: DispatcherOptions): Dispatcher {
  const { log, everyMs = 3_000 } = options
  const connection = connect(options.redisUrl, 'worker', log)
  const own = connect(options.redisUrl, 'producer', SILENT)
  const queue = dispatchQueue(own)

  const worker = new Worker<object, void, string>(DISPATCH_QUEUE, () => dispatch(options), {
    ...workerSettings(connection),
    lockDuration: LOCK_MS,
  })
  worker.on('error', () => {}) // outages are told by the connection, and the next tick mends the rest

  const watch = () => {
    keepScheduler(queue, everyMs).catch(() => {}) // Redis is away; once more at the next tick
  }
  own.on('ready', watch)
  const timer = setInterval(watch, everyMs)

  return {
    async close() {
      clearInterval(timer)
      own.off('ready', watch)
      await within(CLOSE_MS, worker.close(connection.status !== 'ready')).catch(() => {})
      connection.disconnect()
      own.disconnect()
    },
  }
}

async function dispatch({ pending, producer, log }: DispatcherOptions): Promise<void> {
  try {
    const operations = await pending()
    await Promise.all(operations.map((operation) => producer.enqueue(operation)))
  } catch (error) {
    log.error({ error: errorName(error) }, 'the dispatcher could not tell what is pending')
    throw new TurnFailed(error)
  }
}

async function keepScheduler(queue: Queue<object, void, string>, everyMs: number): Promise<void> {
  const scheduler = await queue.getJobScheduler(SCHEDULER)
  const alive = scheduler?.every === everyMs && (scheduler.next ?? 0) > Date.now() - OVERDUE_INTERVALS * everyMs
  if (alive) return
  const kept = { count: 20 }
  await queue.upsertJobScheduler(
    SCHEDULER,
    { every: everyMs },
    { name: 'tick', data: {}, opts: { removeOnComplete: kept, removeOnFail: kept, stackTraceLimit: 1 } },
  )
}
