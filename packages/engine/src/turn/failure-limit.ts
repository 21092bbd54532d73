import type { Counts, FailurePolicy } from '../ports/index.ts'

/** Rows that must have an outcome before a ratio says anything. */
const ENOUGH_ROWS = 1_000

/** Counts an operation's outcomes, lanes together, and tells when its policy allows no more failed rows. */
export class FailureLimit {
  readonly #policy: FailurePolicy
  #counts: Counts
  #passed: string | null

  /** @param counts so far, those of earlier turns included */
  constructor(policy: FailurePolicy, counts: Counts) {
    this.#policy = policy
    this.#counts = counts
    this.#passed = sentence(policy, counts)
  }

  /** To be told of every chunk that was committed. */
  add({ succeeded, unchanged, failed }: Counts): void {
    this.#counts = {
      succeeded: this.#counts.succeeded + succeeded,
      unchanged: this.#counts.unchanged + unchanged,
      failed: this.#counts.failed + failed,
    }
    this.#passed = sentence(this.#policy, this.#counts) ?? this.#passed
  }

  /** The sentence that says how it was passed, once it was, even when later rows brought the ratio down again; else null. */
  get passed(): string | null {
    return this.#passed
  }
}

function sentence({ maxFailedRows, maxFailedRatio }: FailurePolicy, counts: Counts): string | null {
  const { succeeded, unchanged, failed } = counts
  const rows = succeeded + unchanged + failed
  if (maxFailedRows !== null && failed > maxFailedRows) {
    return stopped(
      failed === 1 ? '1 row failed' : `${number(failed)} rows failed`,
      `${number(maxFailedRows)} that maxFailedRows`,
    )
  }
  if (maxFailedRatio !== null && rows >= ENOUGH_ROWS && failed / rows > maxFailedRatio) {
    return stopped(`${number(failed)} of ${number(rows)} rows failed`, `part of ${maxFailedRatio} that maxFailedRatio`)
  }
  return null
}

function stopped(what: string, limit: string): string {
  return `It was stopped: ${what}, more than the ${limit} allows. Rows applied before stay applied.`
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}
