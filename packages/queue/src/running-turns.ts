import type { AbortReason } from './turn.ts'

/** The turns that this process is in, by operation. */
export class RunningTurns {
  readonly #turns = new Map<string, { abort: AbortController; settled: Promise<unknown> }>()

  get count(): number {
    return this.#turns.size
  }

  has(operationId: string): boolean {
    return this.#turns.has(operationId)
  }

  /** Runs `work` as the operation's turn; there must be none. Settles as `work` does. */
  async run(operationId: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController()
    const result = work(abort.signal)
    this.#turns.set(operationId, { abort, settled: result.catch(() => {}) })
    try {
      await result
    } finally {
      this.#turns.delete(operationId)
    }
  }

  /** Asks the operation's turn, if there is one, to end. */
  abort(operationId: string, reason: AbortReason): void {
    this.#turns.get(operationId)?.abort.abort(reason)
  }

  /** Asks all turns to end, and returns when they have. */
  async abortAll(reason: AbortReason): Promise<void> {
    const turns = [...this.#turns.values()]
    for (const { abort } of turns) abort.abort(reason)
    await Promise.all(turns.map(({ settled }) => settled))
  }
}
