import { Counter, Gauge, type Registry } from 'prom-client'

/** Operations that wait for a turn, and messages that wait to be carried out. */
export interface Waiting {
  readonly count: number
  /** Seconds that the oldest has waited; 0 when none waits. */
  readonly oldestSeconds: number
  readonly messages: number
  /** Likewise. */
  readonly oldestMessageSeconds: number
}

const PATIENCE_MS = 2_000

/**
 * Gauges whose values are asked for at every scrape. When the source fails, is late or has not yet
 * answered the scrape before, the series are absent and the errors counter grows; the scrape goes on.
 */
export function waitingCollector(registry: Registry, source: () => Promise<Waiting>): () => Promise<void> {
  const registers = [registry]
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers })
  const gauges = {
    count: gauge('muster_operations_waiting', 'Operations that wait for a turn'),
    oldestSeconds: gauge('muster_oldest_waiting_seconds', 'How long the oldest waiting operation has waited'),
    messages: gauge('muster_messages_waiting', 'Mails and other messages that are not settled'),
    oldestMessageSeconds: gauge(
      'muster_oldest_message_seconds',
      'How long ago the row of the oldest of them was applied',
    ),
  }
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
      for (const [name, each] of Object.entries(gauges)) each.set(waiting[name as keyof Waiting])
    } catch {
      errors.inc({ collector: 'waiting' })
      for (const each of Object.values(gauges)) each.remove()
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
