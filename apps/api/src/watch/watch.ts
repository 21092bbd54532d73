import type { WatchedOperation } from '@muster/database'

/** An operation as it was seen at one moment. */
export interface Look {
  readonly operation: WatchedOperation
  /** Null while it is not known: the operation does not run, or was not seen running for a second. */
  readonly rowsPerSecond: number | null
  /** Null while it is not known. */
  readonly estimatedEnd: Date | null
}

export type News =
  | { readonly kind: 'look'; readonly look: Look }
  /** The operation was deleted. */
  | { readonly kind: 'gone' }
  /** There was none in time. */
  | { readonly kind: 'none' }
  /** There will be no more: who watched is gone, or this process stops. */
  | { readonly kind: 'over' }

/** One watcher of one operation. It gets the newest look; those it was too slow for are left out. */
export class Watch {
  #news: News | null = null
  #isOver = false
  #wake: (() => void) | null = null
  readonly #onStop: (watch: Watch) => void

  constructor(onStop: (watch: Watch) => void) {
    this.#onStop = onStop
  }

  /** News that came since the last one was taken, or the next that come within `patienceMs`. For one taker at a time. */
  async next(patienceMs: number): Promise<News> {
    if (this.#news === null && !this.#isOver) await this.#wakened(patienceMs)
    if (this.#isOver) return { kind: 'over' }
    const news = this.#news ?? { kind: 'none' }
    this.#news = null
    return news
  }

  tell(news: News): void {
    this.#news = news
    this.#wake?.()
  }

  /** Safe to repeat. */
  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onStop(this)
    this.#wake?.()
  }

  async #wakened(patienceMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = null
  }
}
