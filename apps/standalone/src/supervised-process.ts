import { setTimeout as sleep } from 'node:timers/promises'
import { type Exit, tellExit } from './exit.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000
/** A process that lived so long is healthy: the next wait is the first one again. */
const HEALTHY_MS = 10_000

/** Where a process serves. */
export interface Serving {
  readonly url: string
  /** Where its `/metrics` is; null where it has none. */
  readonly metrics: string | null
}

/** A process that exists. */
export interface Running {
  readonly pid: number
  /** Resolves when it serves; rejects when it dies or stays silent instead. */
  readonly ready: Promise<Serving>
  /** Resolves when it is gone, however it went. */
  readonly exited: Promise<Exit>
  /** Ends it in its own way, by force where that takes too long. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): void
}

export interface SupervisedOptions {
  /** How the terminal calls it, like `worker 2`. */
  readonly name: string
  /** Starts it; from the second time on at the same address. */
  readonly start: () => Promise<Running>
  readonly say: (line: string) => void
  /** Called when its process id or address has changed. */
  readonly onChange: () => void
}

/**
 * One process that is started again whenever it dies, after 100 ms at first and up to 5 s when it
 * keeps dying. The first start is the exception: when that fails, `start` rejects.
 */
export class SupervisedProcess {
  readonly name: string
  readonly #options: SupervisedOptions
  readonly #stopping = new AbortController()
  #running: Running | null = null
  #serving: Serving | null = null
  #life: Promise<void> = Promise.resolve()

  constructor(options: SupervisedOptions) {
    this.name = options.name
    this.#options = options
  }

  /** The process there is, or the one there was last; null before the first. */
  get pid(): number | null {
    return this.#running?.pid ?? null
  }

  /** Where it serves; null until it is ready for the first time. */
  get serving(): Serving | null {
    return this.#serving
  }

  /** Resolves with its address when it is ready; from then on it is kept alive. */
  async start(): Promise<string> {
    const first = this.#begin()
    const ready = first.then((running) => running.ready.then(({ url }) => url))
    this.#life = ready.then(
      async () => this.#keepAlive(await first),
      () => {},
    )
    return ready
  }

  /** Ends the process and the supervision; resolves when both are over. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running?.stop()
    await this.#life
  }

  /** Ends it at once, whatever it is doing; supervision goes on unless `stop` was called. */
  kill(): void {
    this.#running?.kill()
  }

  async #begin(): Promise<Running> {
    const running = await this.#options.start()
    this.#running = running
    running.ready.then(
      (serving) => this.#setServing(serving),
      () => {},
    )
    this.#options.onChange()
    // It began while it was asked to stop.
    if (this.#stopping.signal.aborted) await running.stop()
    return running
  }

  #setServing(serving: Serving): void {
    if (serving.url === this.#serving?.url && serving.metrics === this.#serving.metrics) return
    this.#serving = serving
    this.#options.onChange()
  }

  async #keepAlive(first: Running): Promise<void> {
    let running: Running | null = first
    let wait = FIRST_WAIT_MS
    while (running !== null) {
      const began = Date.now()
      const death = await howItDied(running)
      if (this.#stopping.signal.aborted) return
      if (Date.now() - began >= HEALTHY_MS) wait = FIRST_WAIT_MS
      this.#options.say(`${this.name} (process ${running.pid}) ${death}`)
      running = await this.#startAgain(() => {
        const now = wait
        wait = Math.min(wait * 2, LONGEST_WAIT_MS)
        return now
      })
    }
  }

  /** Tries until it exists again; null when it is to stop. */
  async #startAgain(nextWait: () => number): Promise<Running | null> {
    for (;;) {
      await sleep(nextWait(), null, { signal: this.#stopping.signal }).catch(() => {})
      if (this.#stopping.signal.aborted) return null
      try {
        const running = await this.#begin()
        this.#options.say(`${this.name} started again (process ${running.pid})`)
        return running
      } catch (error) {
        this.#options.say(`${this.name} could not be started again: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
}

/** Its last words too, when it never became ready. */
async function howItDied(running: Running): Promise<string> {
  const exit = await running.exited
  return running.ready.then(
    () => tellExit(exit),
    (error: Error) => error.message,
  )
}
