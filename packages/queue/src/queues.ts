import type { OperationType } from '@muster/contracts'
import { type Job, type JobsOptions, Queue } from 'bullmq'
import type { Redis } from 'ioredis'

/** One job of it says "operation X wants a turn". */
export const OPERATIONS_QUEUE = 'operations'
/** Its jobs say the same of small operations that have had no turn yet: they do not wait for the turns of large ones. */
export const EXPRESS_QUEUE = 'express'
/** One job of it says "operation X has messages that are to be carried out". */
export const DELIVERIES_QUEUE = 'deliveries'
/** Its jobs say "make Redis agree with PostgreSQL". */
export const DISPATCH_QUEUE = 'dispatch'
/** Its jobs say "remove what has been kept long enough". */
export const MAINTENANCE_QUEUE = 'maintenance'

/** All that a job carries. Its id is the operation's, its name the operation's type. */
export interface OperationJob {
  readonly operationId: string
}

export type OperationsJob = Job<OperationJob, void, string>

/** An operation that wants a turn. */
export interface QueuedOperation {
  /** A UUID. */
  readonly operationId: string
  readonly type: OperationType
  /** Whether its first turn is to be short and soon; false unless given. */
  readonly isExpress?: boolean
  /** Whether it is its messages that want the turn; false unless given. */
  readonly isDelivery?: boolean
}

const DAY_SECONDS = 24 * 60 * 60
/** What operators may look at afterwards. */
const KEPT = { count: 1_000, age: DAY_SECONDS }

/** An outage may last: a turn is tried again until it works. BullMQ wants a number. */
const FOR_EVER = 1_000_000_000

export const OPERATION_JOB_OPTIONS = {
  attempts: FOR_EVER,
  backoff: { type: 'capped-exponential' },
  removeOnComplete: KEPT,
  removeOnFail: KEPT,
  stackTraceLimit: 1,
} as const satisfies JobsOptions

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000

/** How long a turn waits after its n-th failure (from 1), in milliseconds. */
export function retryDelay(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20), LONGEST_RETRY_MS)
}

export type TurnsQueue = typeof OPERATIONS_QUEUE | typeof EXPRESS_QUEUE | typeof DELIVERIES_QUEUE

/** A queue of operations that want a turn, over a connection of the role `producer` that stays the caller's to close. */
export function operationsQueue(
  connection: Redis,
  name: TurnsQueue = OPERATIONS_QUEUE,
): Queue<OperationJob, void, string> {
  const queue = new Queue<OperationJob, void, string>(name, producerSettings(connection))
  return queue.on('error', ignore)
}

/** The dispatcher's queue, likewise. */
export function dispatchQueue(connection: Redis): Queue<object, void, string> {
  return ticksQueue(DISPATCH_QUEUE, connection)
}

/** A queue whose jobs carry nothing, likewise. */
export function ticksQueue(name: string, connection: Redis): Queue<object, void, string> {
  const queue = new Queue<object, void, string>(name, producerSettings(connection))
  return queue.on('error', ignore)
}

/** The connection tells of its outages itself, and commands reject. */
function ignore(): void {}

function producerSettings(connection: Redis) {
  // Waiting for Redis, and asking its version first, would make a queue that was opened without
  // Redis hang, or fail for good when the connection breaks at that moment.
  return { connection, skipWaitingForReady: true, skipVersionCheck: true }
}
