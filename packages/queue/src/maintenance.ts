import { errorName, TurnFailed } from './error-name.ts'
import type { Log } from './log.ts'
import { MAINTENANCE_QUEUE } from './queues.ts'
import { type ScheduledWork, scheduleWork } from './scheduled-work.ts'

export interface MaintenanceOptions {
  readonly redisUrl: string
  /** Milliseconds between two runs, of all processes together; a minute unless told. */
  readonly everyMs?: number
  /** One run, which another process may do at the same time; its signal is aborted when this process stops. */
  readonly maintain: (signal: AbortSignal) => Promise<void>
  readonly log: Log
}

/** Removes what has been kept long enough, every minute. */
export function runMaintenance({ redisUrl, everyMs = 60_000, maintain, log }: MaintenanceOptions): ScheduledWork {
  const work = async (signal: AbortSignal) => {
    try {
      await maintain(signal)
    } catch (error) {
      log.error({ error: errorName(error) }, 'maintenance was not finished; it goes on with the next run')
      throw new TurnFailed(error)
    }
  }
  return scheduleWork({ redisUrl, queueName: MAINTENANCE_QUEUE, everyMs, work, log })
}
