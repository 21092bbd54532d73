import type { Redis } from 'ioredis'

/** What all our BullMQ workers have in common, over a connection of the role `worker`. */
export function workerSettings(connection: Redis) {
  return {
    connection,
    // With the lock's duration, how long the job of a killed worker waits for another.
    stalledInterval: 3_000,
    // BullMQ fails a job for good after that many lost workers; an operation is never given up.
    maxStalledCount: 1_000_000_000,
    // After an outage, try again at once and not after 15 s.
    runRetryDelay: 1_000,
  }
}
