const WINDOW_MS = 10_000
/** What is seen of a shorter time tells more of the chunks' size than of the pace. */
const LEAST_MS = 1_000

interface Sample {
  /** Milliseconds of `performance.now()`. */
  readonly at: number
  /** Rows that have their outcome. */
  readonly rows: number
  /** Bytes of the source whose rows all have it. */
  readonly bytes: number
}

/** How fast an operation goes, over the last ten seconds that it was seen running. */
export class Pace {
  #samples: Sample[] = []

  add(sample: Sample): void {
    this.#samples = [...this.#samples.filter(({ at }) => at >= sample.at - WINDOW_MS), sample]
  }

  /** Forgets what was seen: the operation does not run. */
  stop(): void {
    this.#samples = []
  }

  /** Null while it was not seen running for a second. */
  perSecond(what: 'rows' | 'bytes'): number | null {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return null
    return ((last[what] - first[what]) * 1_000) / (last.at - first.at)
  }
}
