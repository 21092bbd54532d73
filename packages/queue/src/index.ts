export { type ConsumeOptions, type Consumer, consumeOperations } from './consume-operations.ts'
export { type DispatcherOptions, runDispatcher } from './dispatcher.ts'
export type { Log } from './log.ts'
export { type MailPace, mailPace } from './mail-pace.ts'
export { type MaintenanceOptions, runMaintenance } from './maintenance.ts'
export type { QueueDepth } from './observe-queues.ts'
export type { RedisState } from './observe-redis.ts'
export { type OperationsProducer, operationsProducer } from './operations-producer.ts'
export type { TurnProgress } from './progress-ticker.ts'
export {
  DELIVERIES_QUEUE,
  DISPATCH_QUEUE,
  EXPRESS_QUEUE,
  MAINTENANCE_QUEUE,
  OPERATIONS_QUEUE,
  type OperationJob,
  type QueuedOperation,
} from './queues.ts'
export { type Allowance, type RequestLimiter, requestLimiter } from './request-limiter.ts'
export type { ScheduledWork } from './scheduled-work.ts'
export type { AbortReason, Turn, TurnHandler, TurnResult } from './turn.ts'
export type { TurnObserver } from './turn-observer.ts'
export { type WatchedQueues, watchQueues } from './watch-queues.ts'
