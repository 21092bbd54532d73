import type { Collectors } from './collectors.ts'
import type { Instruments } from './registry.ts'

/** A queue in Redis. */
interface ObservedQueue {
  readonly queue: string
  /** Jobs by state, each of a few words. */
  readonly jobs: Readonly<Record<string, number>>
  /** For how long the next of those that wait has waited; 0 when none waits. */
  readonly oldestSeconds: number
}

export interface QueueMetrics {
  observeQueues(source: () => Promise<readonly ObservedQueue[]>): void
  /** The number of worker processes; null where Redis does not tell. */
  observeWorkers(source: () => Promise<number | null>): void
}

export function queueMetrics(instruments: Instruments, collectors: Collectors): QueueMetrics {
  return { observeQueues: queues(instruments, collectors), observeWorkers: workers(instruments, collectors) }
}

function queues(instruments: Instruments, collectors: Collectors): QueueMetrics['observeQueues'] {
  const jobs = instruments.gauge('muster_queue_jobs', 'Jobs in Redis', ['queue', 'state'])
  const oldest = instruments.gauge(
    'muster_queue_oldest_job_seconds',
    'How long the next job of a queue has waited, since it was put in or had its last turn; 0 when none waits',
    ['queue'],
  )
  return (source) =>
    collectors.add({
      name: 'queues',
      source,
      set(answer) {
        for (const { queue, jobs: byState, oldestSeconds } of answer) {
          for (const [state, count] of Object.entries(byState)) jobs.set({ queue, state }, count)
          oldest.set({ queue }, oldestSeconds)
        }
      },
      clear() {
        jobs.reset()
        oldest.reset()
      },
    })
}

function workers(instruments: Instruments, collectors: Collectors): QueueMetrics['observeWorkers'] {
  const gauge = instruments.gauge('muster_workers', 'Worker processes that listen to the queue of operations')
  return (source) =>
    collectors.add({
      name: 'workers',
      source,
      set: (count) => (count === null ? gauge.remove() : gauge.set(count)),
      clear: () => gauge.remove(),
    })
}
