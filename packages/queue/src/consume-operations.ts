import { Worker } from 'bullmq'
import { connect } from './connection.ts'
import { within } from './deadline.ts'
import { errorName } from './error-name.ts'
import { turnHandling } from './handle-turn.ts'
import { type JobMoves, jobMoves } from './job-moves.ts'
import { type Log, SILENT } from './log.ts'
import {
  EXPRESS_QUEUE,
  OPERATIONS_QUEUE,
  type OperationJob,
  type OperationsJob,
  retryDelay,
  type TurnsQueue,
} from './queues.ts'
import { RunningTurns } from './running-turns.ts'
import type { TurnHandler } from './turn.ts'
import { observedTurns, type TurnObserver } from './turn-observer.ts'
import { WORKER_NAME } from './worker-name.ts'
import { workerSettings } from './worker-settings.ts'

export interface ConsumeOptions {
  readonly redisUrl: string
  /** The express queue's operations have one turn each; if they want more, these are turns like others'. `operations` unless given. */
  readonly queue?: TurnsQueue
  /** Turns at the same time, from 1. */
  readonly concurrency: number
  /** Milliseconds after which the job of a worker that is gone may go to another; 8,000 unless told. */
  readonly lockDuration?: number
  readonly handler: TurnHandler
  readonly log: Log
  /** Told when another worker may have taken an operation of ours over. */
  readonly onLockLost?: (operationId: string) => void
  /** Told whenever a job of ours has ended, and may be made again: another operation may want its place. */
  readonly onJobEnded?: () => void
  readonly observer?: TurnObserver
}

export interface Consumer {
  /**
   * Ends all turns and gives their jobs back, first in line for another worker. Turns that do not
   * end within 5 s are left; their jobs go to others when their locks expire. Never throws; may be
   * called again.
   */
  close(): Promise<void>
}

const HAND_OVER_MS = 5_000
const CLOSE_MS = 2_000
const SAME_OPERATION_RETRY_MS = 1_000

/** Gives every operation that waits its turns. Survives Redis being away, restarted or flushed. */
export function consumeOperations(options: ConsumeOptions): Consumer {
  const { redisUrl, log, queue = OPERATIONS_QUEUE, observer } = options
  const isExpress = queue === EXPRESS_QUEUE
  const connection = connect(redisUrl, 'worker', log)
  const asking = connect(redisUrl, 'producer', SILENT)
  const handling = turnHandling(options.handler, isExpress ? null : { queue, connection: asking }, log)
  const handle = observedTurns(handling, queue, observer)
  const turns = new RunningTurns()
  let closing = false

  const take = async (job: OperationsJob, moves: JobMoves): Promise<void> => {
    if (closing) return moves.handBack()
    if (!isWhole(job)) return log.warn({ operationId: job.id }, 'the job was lost while it waited')
    const { operationId } = job.data
    if (turns.has(operationId)) {
      // Only after Redis lost the first job: its turn is stale, and BullMQ keeps one lock an id.
      turns.abort(operationId, 'lock-lost')
      return moves.putBehind(SAME_OPERATION_RETRY_MS)
    }
    await turns.run(operationId, async (signal) => {
      const result = await handle(job, signal)
      if (signal.aborted && signal.reason === 'lock-lost') return moves.leave()
      if (result === 'ended') return
      if (closing) return moves.handBack()
      // The job of an express turn ends with it: the dispatcher gives the operation one in the other queue.
      if (!isExpress) return moves.putBehind(0)
    })
  }

  const worker = startWorker(options, connection, take)
  worker.on('lockRenewalFailed', (operationIds) => {
    for (const operationId of operationIds) {
      log.warn({ operationId }, 'lost the lock of an operation')
      turns.abort(operationId, 'lock-lost')
      options.onLockLost?.(operationId)
    }
  })

  worker.on('completed', () => options.onJobEnded?.())
  worker.on('stalled', () => observer?.stalled(queue))

  const shutDown = async (): Promise<void> => {
    closing = true
    await worker.pause(true)
    const handedOver = await inTime(HAND_OVER_MS, turns.abortAll('shutdown'))
    if (!handedOver) log.warn({ turns: turns.count }, 'turns did not end in time; their locks will expire')
    const gently = handedOver && connection.status === 'ready'
    await inTime(CLOSE_MS, worker.close(!gently))
    connection.disconnect()
    asking.disconnect()
  }
  let closed: Promise<void> | undefined
  return { close: () => (closed ??= shutDown()) }
}

function startWorker(
  { queue = OPERATIONS_QUEUE, concurrency, lockDuration = 8_000, log }: ConsumeOptions,
  connection: ReturnType<typeof connect>,
  take: (job: OperationsJob, moves: JobMoves) => Promise<void>,
): Worker<OperationJob, void, string> {
  const worker = new Worker<OperationJob, void, string>(
    queue,
    (job, token = '') => take(job, jobMoves(job, token, log)),
    {
      ...workerSettings(connection),
      name: WORKER_NAME,
      concurrency,
      lockDuration,
      settings: { backoffStrategy: retryDelay },
    },
  )
  return worker.on('error', (error) => {
    // Outages are told by the connection. BullMQ's own messages hold ids of jobs and names of keys.
    if (/ECONN|EPIPE|ETIMEDOUT|Connection is closed/.test(`${error.message} ${errorName(error)}`)) return
    log.warn({ reason: error.message }, 'the queue had a problem')
  })
}

/** A job whose hash was lost by Redis, though not its place in the list, comes without data. */
function isWhole(job: OperationsJob): boolean {
  return job.data?.operationId !== undefined && job.data.operationId === job.id
}

/** True when the work was done in time, and well. */
function inTime(ms: number, work: Promise<unknown>): Promise<boolean> {
  return within(ms, work).then(
    () => true,
    () => false,
  )
}
