import type { Job, Queue } from 'bullmq'

const STATES = ['waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed'] as const

/** How full a queue is. */
export interface QueueDepth {
  readonly queue: string
  readonly jobs: Readonly<Record<string, number>>
  /** For how long the job that is to be taken next has waited; 0 when none waits. */
  readonly oldestSeconds: number
}

/** Throws when Redis is away. */
export function queueDepths(queues: readonly Queue[]): Promise<readonly QueueDepth[]> {
  return Promise.all(queues.map(queueDepth))
}

async function queueDepth(queue: Queue): Promise<QueueDepth> {
  const [jobs, next] = await Promise.all([
    queue.getJobCounts(...STATES),
    // The first of each.
    queue.getJobs(['waiting', 'prioritized'], 0, 0, true),
  ])
  const ages = next.filter((job) => job !== undefined).map(waitingSeconds)
  return { queue: queue.name, jobs, oldestSeconds: Math.max(0, ...ages) }
}

/** Since it was put in, or a worker took it for its last turn: BullMQ does not keep when that was over. */
function waitingSeconds({ timestamp, processedOn = 0 }: Job): number {
  return (Date.now() - Math.max(timestamp, processedOn)) / 1_000
}

/**
 * How many processes take jobs from a queue. A process whose old connection Redis has not missed yet counts once; one
 * that hangs counts too. Null where Redis, as some that are hosted, does not list its clients. Throws when it is away.
 */
export async function workerProcesses(queue: Queue): Promise<number | null> {
  try {
    const names = (await queue.getWorkers()).map((client) => client['rawname'])
    // Where Redis does not know the command, BullMQ answers with a client that is none.
    return names.includes(undefined) ? null : new Set(names).size
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return null
    throw error
  }
}
