interface Waiter {
  readonly tell: (isTaken: boolean) => void
  readonly timer: NodeJS.Timeout
}

/** So many at a time; those who wait get a slot in their order. */
export class Slots {
  #free: number
  readonly #waiters = new Set<Waiter>()

  /** @param count from 1 */
  constructor(count: number) {
    this.#free = count
  }

  /** Whether a slot was taken, after that many milliseconds at most. Who took one gives it back. */
  take(ms: number): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter)
        resolve(false)
      }, ms)
      const waiter = { tell: resolve, timer }
      this.#waiters.add(waiter)
    })
  }

  give(): void {
    const [next] = this.#waiters
    if (next === undefined) this.#free++
    else this.#tell(next, true)
  }

  /** Whoever waits gets none. */
  refuseWaiters(): void {
    for (const waiter of this.#waiters) this.#tell(waiter, false)
  }

  #tell(waiter: Waiter, isTaken: boolean): void {
    this.#waiters.delete(waiter)
    clearTimeout(waiter.timer)
    waiter.tell(isTaken)
  }
}
