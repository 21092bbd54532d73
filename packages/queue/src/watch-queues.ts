import type { Queue } from 'bullmq'
import { answers, connect } from './connection.ts'
import type { Log } from './log.ts'
import {
  DELIVERIES_QUEUE,
  dispatchQueue,
  EXPRESS_QUEUE,
  MAINTENANCE_QUEUE,
  operationsQueue,
  ticksQueue,
} from './queues.ts'

/** All queues, for a dashboard. */
export interface WatchedQueues {
  readonly queues: readonly Queue[]
  /** False, after a second at most, when Redis is away. */
  isUp(): Promise<boolean>
  close(): Promise<void>
}

/** Opens the queues to look at. Without Redis their methods throw, after 2 s at most. */
export function watchQueues(redisUrl: string, log: Log): WatchedQueues {
  const connection = connect(redisUrl, 'producer', log)
  const queues: readonly Queue[] = [
    operationsQueue(connection),
    operationsQueue(connection, EXPRESS_QUEUE),
    operationsQueue(connection, DELIVERIES_QUEUE),
    dispatchQueue(connection),
    ticksQueue(MAINTENANCE_QUEUE, connection),
  ]
  return {
    queues,
    isUp: () => answers(connection),
    close: async () => {
      connection.disconnect()
    },
  }
}
