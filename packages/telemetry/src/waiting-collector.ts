import { Counter, Gauge, type Registry } from 'prom-client'

/** Operations that wait for a turn. */
export interface Waiting {
  readonly count: number
  /** Seconds that the oldest has waited; 0 when none waits. */
  readonly oldestSeconds: number
}

const PATIENCE_MS = 2_000

/**
 * Gauges whose values are asked for at every scrape. When the source fails, is late or has not yet
 * answered the scrape before, the series are absent and the errors counter grows; the scrape goes on.
 */
export function waitingCollector(registry: Registry, source: () => Promise<Waiting>): () => Promise<void> {
  const registers = [registry]
  const count = new Gauge({ name: 'muster_operations_waiting', help: 'Operations that wait for a turn', registers })
  const oldest = new Gauge({
    name: 'muster_oldest_waiting_seconds',
    help: 'How long the oldest waiting operation has waited',
    registers,
  })
  const errors = new Counter({
    name: 'muster_collector_errors_total',
    help: 'Scrapes that went without the values of a collector',
    labelNames: ['collector'],
    registers,
  })
  errors.inc({ collector: 'waiting' }, 0)
  let asking: Promise<Waiting> | null = null

  const ask = async (): Promise<Waiting> => {
    if (asking !== null) throw new Error('the question of the last scrape is still open')
    const answer = source()
    asking = answer
    const forget = () => {
      asking = null
    }
    answer.then(forget, forget)
    return inTime(answer)
  }

  return async () => {
    try {
      const waiting = await ask()
      count.set(waiting.count)
      oldest.set(waiting.oldestSeconds)
    } catch {
      errors.inc({ collector: 'waiting' })
      count.remove()
      oldest.remove()
    }
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the collector is late')), PATIENCE_MS)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
