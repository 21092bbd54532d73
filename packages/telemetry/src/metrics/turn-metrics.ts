import type { Instruments } from './registry.ts'

/**
 * `ended`: the operation wants no further turn now; `over`: it wants another; `failed`: it is tried again; `lost`:
 * another worker may have its job.
 */
const TURN_RESULTS = ['ended', 'over', 'failed', 'lost'] as const
type TurnResult = (typeof TURN_RESULTS)[number]

export interface TurnMetrics {
  turn(queue: string, result: TurnResult, seconds: number): void
  /** A worker took up a job whose own worker was gone. */
  jobStalled(queue: string): void
  dispatcherRepairs(count: number): void
}

/** @param queues names of those that operations have their turns from */
export function turnMetrics(instruments: Instruments, queues: readonly string[]): TurnMetrics {
  const duration = instruments.histogram('muster_turn_duration_seconds', 'Turns of operations', {
    labels: ['queue', 'result'],
    // Long when nobody else waits.
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30, 60, 300, 1_800],
  })
  const retries = instruments.counter('muster_turn_retries_total', 'Turns that failed and are tried again', ['queue'])
  const stalled = instruments.counter('muster_stalled_jobs_total', 'Jobs given back because their worker was gone', [
    'queue',
  ])
  const repairs = instruments.counter(
    'muster_dispatcher_repairs_total',
    'Jobs that were missing though nobody had asked for them, and were made',
  )
  for (const queue of queues) {
    retries.inc({ queue }, 0)
    stalled.inc({ queue }, 0)
    for (const result of TURN_RESULTS) duration.zero({ queue, result })
  }
  return {
    turn(queue, result, seconds) {
      duration.observe({ queue, result }, seconds)
      if (result === 'failed') retries.inc({ queue })
    },
    jobStalled: (queue) => stalled.inc({ queue }),
    dispatcherRepairs: (count) => repairs.inc(count),
  }
}
