import type { Counter } from 'prom-client'
import type { Instruments } from './registry.ts'

/** What of a scrape has to be asked for. */
export interface Collector<T> {
  /** A word for the label; each once a process. */
  readonly name: string
  readonly source: () => Promise<T>
  /** Sets the series to what was answered. */
  readonly set: (answer: T) => void
  /** There is no answer: what nobody knows has no series. */
  readonly clear: () => void
}

/** Told when something cannot be collected, and when it can be again. */
export interface CollectorLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

const PATIENCE_MS = 2_000

/** The collectors of a process, all asked at the same time, at every scrape. */
export class Collectors {
  readonly #errors: Counter<'collector'>
  readonly #collect: (() => Promise<void>)[] = []
  readonly #log: CollectorLog

  constructor(instruments: Instruments, log: CollectorLog) {
    this.#errors = instruments.counter(
      'muster_collector_errors_total',
      'Scrapes that went without what a collector tells',
      ['collector'],
    )
    this.#log = log
  }

  add<T>({ name, source, set, clear }: Collector<T>): void {
    const ask = oneAtATime(source)
    let fails = false
    this.#errors.inc({ collector: name }, 0)
    this.#collect.push(async () => {
      try {
        set(await ask())
        if (fails) this.#log.info({ collector: name }, 'metrics can be collected again')
        fails = false
      } catch (error) {
        clear()
        this.#errors.inc({ collector: name })
        if (!fails) this.#log.warn({ collector: name, err: error }, 'metrics cannot be collected')
        fails = true
      }
    })
  }

  /** Returns when all have answered or failed, after two seconds at most. Never throws. */
  async collect(): Promise<void> {
    await Promise.all(this.#collect.map((each) => each()))
  }
}

/**
 * Asks when no earlier question is open. Who asks while one is shares its answer, and is refused at once when it is
 * late already: so a source that hangs holds up one scrape, and is never asked twice at the same time.
 */
function oneAtATime<T>(source: () => Promise<T>): () => Promise<T> {
  let open: Promise<T> | null = null
  return () => {
    if (open !== null) return open
    const answer = asked(source)
    const inTime = within(PATIENCE_MS, answer)
    open = inTime
    const close = () => {
      open = null
    }
    answer.then(close, close)
    return inTime
  }
}

/** What the source throws before it returns a promise is its answer too. */
async function asked<T>(source: () => Promise<T>): Promise<T> {
  return source()
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
