import { DelayedError, type Job, type Queue, WaitingError, Worker } from 'bullmq'
import { connect } from './connection.ts'
import { within } from './deadline.ts'
import { errorName, TurnFailed } from './error-name.ts'
import { type Log, SILENT } from './log.ts'
import { progressTicker } from './progress-ticker.ts'
import { OPERATIONS_QUEUE, type OperationJob, operationsQueue, retryDelay } from './queues.ts'
import type { AbortReason, TurnHandler, TurnResult } from './turn.ts'
import { workerSettings } from './worker-settings.ts'

export interface ConsumeOptions {
  readonly redisUrl: string
  /** Turns at the same time, from 1. */
  readonly concurrency: number
  /** Milliseconds after which the job of a worker that is gone may go to another; 15,000 unless told. */
  readonly lockDuration?: number
  readonly handler: TurnHandler
  readonly log: Log
  /** Told when another worker may have taken an operation of ours over. */
  readonly onLockLost?: (operationId: string) => void
}

export interface Consumer {
  /**
   * Ends all turns and gives their jobs back, first in line for another worker. Turns that do not
   * end within 5 s are left; their jobs go to others when their locks expire. Never throws; may be
   * called again.
   */
  close(): Promise<void>
}

type OperationsJob = Job<OperationJob, void, string>

interface RunningTurn {
  readonly abort: AbortController
  /** Fulfilled when BullMQ knows what became of the turn. */
  readonly settled: Promise<void>
}

const HAND_OVER_MS = 5_000
const CLOSE_MS = 2_000
const QUESTION_MS = 500
const SAME_OPERATION_RETRY_MS = 1_000

/** Gives every operation that waits its turns. Survives Redis being away, restarted or flushed. */
export function consumeOperations(options: ConsumeOptions): Consumer {
  const { log } = options
  const connection = connect(options.redisUrl, 'worker', log)
  // A question must not wait for Redis to come back, as commands of the worker's connection do.
  const asking = connect(options.redisUrl, 'producer', SILENT)
  const queue = operationsQueue(asking)
  const turns = new Map<string, RunningTurn>()
  let closing = false

  const take = async (job: OperationsJob, token: string): Promise<void> => {
    if (closing) return handBack(job, token, log)
    if (!isWhole(job)) return log.warn({ operationId: job.id }, 'the job was lost while it waited')
    const { operationId } = job.data
    const before = turns.get(operationId)
    if (before !== undefined) {
      // Only after Redis lost the first job: its turn is stale, and BullMQ keeps one lock an id.
      before.abort.abort('lock-lost' satisfies AbortReason)
      return putBehind(job, token, SAME_OPERATION_RETRY_MS, log)
    }
    const abort = new AbortController()
    const settled = runTurn(job, token, abort.signal)
    turns.set(operationId, { abort, settled: settled.catch(() => {}) })
    await settled.finally(() => turns.delete(operationId))
  }

  const runTurn = async (job: OperationsJob, token: string, signal: AbortSignal): Promise<void> => {
    const result = await handle(job, signal, queue, options)
    if (signal.aborted && signal.reason === 'lock-lost') throw new WaitingError() // no longer ours to move
    if (result === 'ended') return
    return closing ? handBack(job, token, log) : putBehind(job, token, 0, log)
  }

  const worker = new Worker<OperationJob, void, string>(
    OPERATIONS_QUEUE,
    (job, token = '') => take(job, token),
    {
      ...workerSettings(connection),
      concurrency: options.concurrency,
      lockDuration: options.lockDuration ?? 15_000,
      settings: { backoffStrategy: retryDelay },
    },
  )
  worker.on('error', (error) => logWorkerError(error, log))
  worker.on('lockRenewalFailed', (ids) => {
    for (const operationId of ids) {
      log.warn({ operationId }, 'lost the lock of an operation')
      turns.get(operationId)?.abort.abort('lock-lost' satisfies AbortReason)
      options.onLockLost?.(operationId)
    }
  })

  const shutDown = async (): Promise<void> => {
    closing = true
    await worker.pause(true)
    for (const turn of turns.values()) turn.abort.abort('shutdown' satisfies AbortReason)
    const settled = Promise.all([...turns.values()].map((turn) => turn.settled))
    const allBack = await within(HAND_OVER_MS, settled).then(() => true, () => false)
    if (!allBack) log.warn({ turns: turns.size }, 'turns did not end in time; their locks will expire')
    const gently = allBack && connection.status === 'ready'
    await within(CLOSE_MS, worker.close(!gently)).catch(() => {})
    connection.disconnect()
    asking.disconnect()
  }
  let closed: Promise<void> | undefined
  return { close: () => (closed ??= shutDown()) }
}

/** A job whose hash was lost by Redis, though not its place in the list, comes without data. */
function isWhole(job: OperationsJob): boolean {
  return job.data?.operationId !== undefined && job.data.operationId === job.id
}

/** Runs the handler. Throws `TurnFailed` when the turn is to be tried again later. */
async function handle(
  job: OperationsJob,
  signal: AbortSignal,
  queue: Queue<OperationJob, void, string>,
  { handler, log }: ConsumeOptions,
): Promise<TurnResult> {
  const ticker = progressTicker((progress) => job.updateProgress({ ...progress }))
  try {
    const result = await handler({
      operationId: job.data.operationId,
      signal,
      othersWait: () => othersWait(queue),
      progress: ticker.tick,
    })
    await within(QUESTION_MS, ticker.flush()).catch(() => {})
    return result
  } catch (error) {
    if (signal.aborted) return 'turn-over'
    log.error({ operationId: job.id, failures: job.attemptsMade + 1, err: error }, 'a turn failed and will be tried again')
    throw new TurnFailed(error)
  }
}

/** Delayed ones count: they become waiting only when a worker fetches, which a worker in a turn does not. */
async function othersWait(queue: Queue<OperationJob, void, string>): Promise<boolean> {
  try {
    return (await within(QUESTION_MS, queue.getJobCountByTypes('waiting', 'prioritized', 'delayed'))) > 0
  } catch {
    return false
  }
}

/** To the front of the line, for another worker to take at once. */
async function handBack(job: OperationsJob, token: string, log: Log): Promise<never> {
  await moved(job, log, () => job.moveToWait(token))
  throw new WaitingError()
}

/**
 * Behind all that wait. `moveToWait` would put the job before them; one that is delayed until now
 * goes to the back at the next fetch.
 */
async function putBehind(job: OperationsJob, token: string, ms: number, log: Log): Promise<never> {
  await moved(job, log, () => job.moveToDelayed(Date.now() + ms, token))
  throw new DelayedError()
}

/** A job that Redis lost, or another worker has, cannot be moved: the dispatcher sees to the operation. */
async function moved(job: OperationsJob, log: Log, move: () => Promise<unknown>): Promise<void> {
  try {
    await move()
  } catch (error) {
    log.warn({ operationId: job.id, error: errorName(error) }, 'the job is no longer ours to move')
  }
}

/** BullMQ's own messages hold job ids and key names, nothing else. Outages are told by the connection. */
function logWorkerError(error: Error, log: Log): void {
  if (/ECONNREFUSED|ECONNRESET|Connection is closed|EPIPE/.test(`${error.message} ${errorName(error)}`)) return
  log.warn({ reason: error.message }, 'the queue had a problem')
}
