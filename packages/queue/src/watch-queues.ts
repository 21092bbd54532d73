import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { answers, connect } from './connection.ts'
import { type Log, SILENT } from './log.ts'
import { type QueueDepth, queueDepths, workerProcesses } from './observe-queues.ts'
import { type RedisState, redisState } from './observe-redis.ts'
import {
  DELIVERIES_QUEUE,
  dispatchQueue,
  EXPRESS_QUEUE,
  MAINTENANCE_QUEUE,
  operationsQueue,
  ticksQueue,
} from './queues.ts'

/** All queues, for a dashboard. What it is asked throws without Redis, after 2 s at most. */
export interface WatchedQueues {
  readonly queues: readonly Queue[]
  depths(): Promise<readonly QueueDepth[]>
  /** Worker processes that listen to the queue of operations; null where Redis does not tell. */
  workers(): Promise<number | null>
  redis(): Promise<RedisState>
  /** False, after a second at most, when Redis is away. */
  isUp(): Promise<boolean>
  close(): Promise<void>
}

/** Opens the queues to look at. Without Redis their methods throw, after 2 s at most. */
export function watchQueues(redisUrl: string, log: Log): WatchedQueues {
  const connection = connect(redisUrl, 'producer', log)
  // What is observed does not wait behind what somebody looks at.
  const observing = connect(redisUrl, 'producer', SILENT)
  const observed = allQueues(observing)
  const operations = operationsQueue(observing)
  return {
    queues: allQueues(connection),
    depths: () => queueDepths(observed),
    workers: () => workerProcesses(operations),
    redis: () => redisState(observing),
    isUp: () => answers(connection),
    close: async () => {
      connection.disconnect()
      observing.disconnect()
    },
  }
}

function allQueues(connection: Redis): readonly Queue[] {
  return [
    operationsQueue(connection),
    operationsQueue(connection, EXPRESS_QUEUE),
    operationsQueue(connection, DELIVERIES_QUEUE),
    dispatchQueue(connection),
    ticksQueue(MAINTENANCE_QUEUE, connection),
  ]
}
