import { setTimeout as pause } from 'node:timers/promises'
import { isOutage, type Pool, type WatchedOperation, watchedOperations } from '@muster/database'
import type { Logger } from '@muster/telemetry'
import { Pace } from './pace.ts'
import { type Look, Watch } from './watch.ts'

/** Milliseconds from the answer to one look to the next. */
const EVERY_MS = 250
/** The same after a look that failed. */
const AFTER_FAILURE_MS = 1_000

export interface WatchLimits {
  /** Watchers at a time in this process. */
  readonly watches: number
  /** Those of one tenant. */
  readonly watchesPerTenant: number
}

const LIMITS: WatchLimits = { watches: 1_000, watchesPerTenant: 100 }

interface Watched {
  readonly watches: Set<Watch>
  readonly pace: Pace
}

/**
 * Looks after operations for everybody in this process who watches one: with one query for all of
 * them, four times a second, and none while nobody watches. While PostgreSQL is away there is no
 * news; it goes on by itself.
 */
export class WatchHub {
  readonly #pool: Pool
  readonly #log: Logger
  readonly #limits: WatchLimits
  readonly #watched = new Map<bigint, Watched>()
  readonly #ofTenant = new Map<number, number>()
  #count = 0
  #isRunning = false
  #isClosed = false
  #isFailing = false

  constructor(pool: Pool, log: Logger, limits: Partial<WatchLimits> = {}) {
    this.#pool = pool
    this.#log = log
    this.#limits = { ...LIMITS, ...limits }
  }

  /** Watchers at the moment. */
  get count(): number {
    return this.#count
  }

  /**
   * Watches an operation until the signal is aborted or the watch stopped: every look begins after
   * this call. Null when there are as many watchers as may be. Once the hub is closed, a watch is
   * over from the start.
   */
  watch(tenantId: number, operationNumber: bigint, signal: AbortSignal): Watch | null {
    const ofTenant = this.#ofTenant.get(tenantId) ?? 0
    if (this.#count >= this.#limits.watches || ofTenant >= this.#limits.watchesPerTenant) return null
    const watched = this.#watched.get(operationNumber) ?? { watches: new Set(), pace: new Pace() }
    const stop = () => watch.stop()
    const watch = new Watch(() => {
      signal.removeEventListener('abort', stop)
      this.#remove(tenantId, operationNumber, watch)
    })
    this.#watched.set(operationNumber, watched)
    watched.watches.add(watch)
    this.#count += 1
    this.#ofTenant.set(tenantId, ofTenant + 1)
    if (signal.aborted || this.#isClosed) watch.stop()
    signal.addEventListener('abort', stop)
    this.#start()
    return watch
  }

  /** Ends every watch, and those to come. */
  close(): void {
    this.#isClosed = true
    for (const { watches } of [...this.#watched.values()]) for (const watch of [...watches]) watch.stop()
  }

  #remove(tenantId: number, operationNumber: bigint, watch: Watch): void {
    const watched = this.#watched.get(operationNumber)
    watched?.watches.delete(watch)
    if (watched?.watches.size === 0) this.#watched.delete(operationNumber)
    this.#count -= 1
    const left = (this.#ofTenant.get(tenantId) ?? 0) - 1
    if (left > 0) this.#ofTenant.set(tenantId, left)
    else this.#ofTenant.delete(tenantId)
  }

  #start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#run().catch((error: unknown) => this.#log.error({ err: error }, 'watching operations ended'))
  }

  async #run(): Promise<void> {
    while (this.#watched.size > 0) {
      const isDone = await this.#look()
      await pause(isDone ? EVERY_MS : AFTER_FAILURE_MS)
    }
    this.#isRunning = false
  }

  async #look(): Promise<boolean> {
    // Whoever comes while the question is under way may know more already than its answer tells.
    const asked = Array.from(this.#watched, ([number, { watches, pace }]) => ({ number, pace, watches: [...watches] }))
    try {
      const operations = await watchedOperations(
        this.#pool,
        asked.map(({ number }) => number),
      )
      for (const { number, pace, watches } of asked) {
        const operation = operations.get(number)
        const look = operation && lookAt(operation, pace)
        for (const watch of watches) watch.tell(look === undefined ? { kind: 'gone' } : { kind: 'look', look })
      }
      this.#isFailing = false
      return true
    } catch (error) {
      if (!this.#isClosed) this.#tellFailure(error)
      return false
    }
  }

  /** Once an outage, not once a second. */
  #tellFailure(error: unknown): void {
    if (this.#isFailing && isOutage(error)) return
    this.#isFailing = true
    this.#log.warn({ err: error }, 'operations that are watched could not be read; it is tried every second')
  }
}

function lookAt(operation: WatchedOperation, pace: Pace): Look {
  const { state, paused, succeeded, unchanged, failed, bytes, bytesDone } = operation
  if (state !== 'PROCESSING' || paused || bytesDone === null) {
    pace.stop()
    return { operation, rowsPerSecond: null, estimatedEnd: null }
  }
  pace.add({ at: performance.now(), rows: succeeded + unchanged + failed, bytes: bytesDone })
  const rows = pace.perSecond('rows')
  const bytesPerSecond = pace.perSecond('bytes')
  const isMoving = bytes !== null && bytesPerSecond !== null && bytesPerSecond > 0
  return {
    operation,
    rowsPerSecond: rows === null ? null : Math.round(rows * 10) / 10,
    estimatedEnd: isMoving ? new Date(Date.now() + (Math.max(0, bytes - bytesDone) / bytesPerSecond) * 1_000) : null,
  }
}
