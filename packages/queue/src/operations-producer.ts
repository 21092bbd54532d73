import type { Queue } from 'bullmq'
import { answers, connect, untilReady } from './connection.ts'
import { within } from './deadline.ts'
import { errorName } from './error-name.ts'
import type { Log } from './log.ts'
import {
  DELIVERIES_QUEUE,
  dispatchQueue,
  EXPRESS_QUEUE,
  OPERATION_JOB_OPTIONS,
  type OperationJob,
  operationsQueue,
  type QueuedOperation,
} from './queues.ts'

/** Puts operations into the queue. Nothing here throws: what could not be queued, the dispatcher queues later. */
export interface OperationsProducer {
  /**
   * Sees to it that the operation has a job that lives (waiting, active or delayed): for its deliveries, or else in
   * whichever of the other two queues; a job of it that has ended makes room. False, after about a second at most,
   * when Redis is away.
   *
   * @param onMade told when it had none, and has one now
   */
  enqueue(operation: QueuedOperation, onMade?: () => void): Promise<boolean>
  /** Asks a dispatcher to run now; many askings are one run. False when Redis is away: it will run anyway. */
  nudge(): Promise<boolean>
  isUp(): Promise<boolean>
  close(): Promise<void>
}

const PATIENCE_MS = 1_000
const ALIVE: readonly string[] = ['waiting', 'active', 'delayed', 'prioritized']

export function operationsProducer(redisUrl: string, log: Log): OperationsProducer {
  const connection = connect(redisUrl, 'producer', log)
  const queues = {
    operations: operationsQueue(connection),
    express: operationsQueue(connection, EXPRESS_QUEUE),
    deliveries: operationsQueue(connection, DELIVERIES_QUEUE),
  }
  const dispatch = dispatchQueue(connection)

  const attempt = async (what: string, fields: object, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await within(PATIENCE_MS, untilReady(connection, PATIENCE_MS).then(work))
      return true
    } catch (error) {
      log.warn({ ...fields, error: errorName(error) }, `${what}: Redis does not take it now`)
      return false
    }
  }

  return {
    enqueue: (operation, onMade) =>
      attempt('enqueue', { operationId: operation.operationId }, async () => {
        if (await ensureJob(queues, operation)) onMade?.()
      }),
    nudge: () => attempt('nudge', {}, () => addNudge(dispatch)),
    isUp: () => answers(connection),
    close: async () => {
      connection.disconnect()
    },
  }
}

type OperationsQueue = Queue<OperationJob, void, string>

/** Whether one was made. */
async function ensureJob(
  queues: Readonly<Record<'operations' | 'express' | 'deliveries', OperationsQueue>>,
  { operationId, type, isExpress = false, isDelivery = false }: QueuedOperation,
): Promise<boolean> {
  const queue = isDelivery ? queues.deliveries : isExpress ? queues.express : queues.operations
  const others = isDelivery ? [] : [isExpress ? queues.operations : queues.express]
  const states = await Promise.all([queue, ...others].map((each) => each.getJobState(operationId)))
  if (states.some((state) => ALIVE.includes(state))) return false
  // Ended, unknown, or a remainder in no list: BullMQ ignores a second job of the same id, so the
  // first must go. One that became active meanwhile is locked: it stays, and the add does nothing.
  await queue.remove(operationId)
  await queue.add(type, { operationId }, { ...OPERATION_JOB_OPTIONS, jobId: operationId })
  return true
}

async function addNudge(queue: Queue<object, void, string>): Promise<void> {
  // A nudge that comes while the dispatcher runs may tell of something it has not seen: one more run is kept.
  await queue.add(
    'nudge',
    {},
    {
      deduplication: { id: 'nudge', keepLastIfActive: true },
      removeOnComplete: { count: 20 },
      removeOnFail: { count: 20 },
      stackTraceLimit: 1,
    },
  )
}
