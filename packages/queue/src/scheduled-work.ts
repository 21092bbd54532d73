import { type Queue, Worker } from 'bullmq'
import { connect } from './connection.ts'
import { within } from './deadline.ts'
import { type Log, SILENT } from './log.ts'
import { ticksQueue } from './queues.ts'
import { workerSettings } from './worker-settings.ts'

interface ScheduledWorkOptions {
  readonly redisUrl: string
  /** The queue of its ticks, and its scheduler's name. */
  readonly queueName: string
  /** Milliseconds between two runs, of all processes together. */
  readonly everyMs: number
  /**
   * One run; its signal is aborted when this process stops. What it throws is kept by BullMQ, so it may tell nothing
   * personal. A run that lasts longer than the interval may overlap with the next in another process. `isTick`: it is
   * time for it, and nobody has asked.
   */
  readonly work: (signal: AbortSignal, isTick: boolean) => Promise<void>
  readonly log: Log
}

export interface ScheduledWork {
  /** Ends a run that goes on; waits 2 s for it at most. */
  close(): Promise<void>
}

const TICK = 'tick'
const LOCK_MS = 15_000
const CLOSE_MS = 2_000
/** A scheduler whose next run is overdue by that many intervals has lost its job. */
const OVERDUE_INTERVALS = 3

/**
 * Does some work every so often. A job scheduler ticks, so that one process a tick does it, however many there are;
 * and because Redis may lose that too, every process looks after the scheduler on a timer of its own.
 */
export function scheduleWork({ redisUrl, queueName, everyMs, work, log }: ScheduledWorkOptions): ScheduledWork {
  const connection = connect(redisUrl, 'worker', log)
  const own = connect(redisUrl, 'producer', SILENT)
  const queue = ticksQueue(queueName, own)
  const closing = new AbortController()

  const worker = new Worker<object, void, string>(queueName, ({ name }) => work(closing.signal, name === TICK), {
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
      closing.abort()
      await within(CLOSE_MS, worker.close(connection.status !== 'ready')).catch(() => {})
      connection.disconnect()
      own.disconnect()
    },
  }
}

async function keepScheduler(queue: Queue<object, void, string>, everyMs: number): Promise<void> {
  const scheduler = await queue.getJobScheduler(queue.name)
  const alive = scheduler?.every === everyMs && (scheduler.next ?? 0) > Date.now() - OVERDUE_INTERVALS * everyMs
  if (alive) return
  const kept = { count: 20 }
  await queue.upsertJobScheduler(
    queue.name,
    { every: everyMs },
    { name: TICK, data: {}, opts: { removeOnComplete: kept, removeOnFail: kept, stackTraceLimit: 1 } },
  )
}
