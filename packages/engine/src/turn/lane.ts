import type { RowCheck } from '../declaration/row-check.ts'
import {
  type Applied,
  type ChunkTransaction,
  type Claim,
  type OperationStore,
  type Position,
  RowsRefused,
  type Statement,
} from '../ports/index.ts'
import { chunkMark } from './chunk-mark.ts'
import type { FailureLimit } from './failure-limit.ts'
import type { Observer } from './observer.ts'
import { halves, type Part, partOutcome, statementOf } from './part.ts'

/** What a lane needs to apply its parts. */
export interface LaneWork {
  readonly claim: Claim
  readonly check: RowCheck
  readonly statement: Pick<Statement, 'sql' | 'isDeferred'>
  readonly store: OperationStore
  readonly observer: Observer
  /** Called after each commit of rows. */
  readonly committed: () => void
  /** Once it is passed, nothing more is applied. */
  readonly limit: FailureLimit
}

// A lane without rows of its own moves its checkpoint on now and then: what a crash makes others read again stays small.
const MAX_IDLE_BYTES = 16 * 1024 * 1024

const NOTHING: Applied = { succeeded: 0, unchanged: [], failures: [], deferred: [] }

/**
 * Applies the parts it is given, one after the other, each in one transaction with its failed
 * rows, counters and checkpoint. One part may wait while another is applied, so that reading and
 * writing go on side by side.
 */
export class Lane {
  readonly #index: number
  readonly #work: LaneWork
  readonly #checkpoint: Position
  #committed: Position
  #passed: Position
  #applying: Promise<void> = Promise.resolve()
  #waiting: Promise<void> = Promise.resolve()

  constructor(index: number, work: LaneWork, checkpoint: Position) {
    this.#index = index
    this.#work = work
    this.#checkpoint = checkpoint
    this.#committed = checkpoint
    this.#passed = checkpoint
  }

  /** The last row that was committed in an earlier turn. */
  get doneBefore(): number {
    return this.#checkpoint.row
  }

  /** Takes a part and returns when it may be given the next. Takes no effect once the limit is passed. Throws what an earlier part threw. */
  async give(part: Part): Promise<void> {
    this.#passed = part.end
    const idle = part.end.byte - this.#committed.byte
    if (part.rows.length === 0 && idle < MAX_IDLE_BYTES) return
    await this.#waiting
    this.#waiting = this.#applying
    this.#applying = this.#applying.then(() => this.#apply(part))
    // Whoever waits for it is told; this only keeps the process from dying of it before that.
    this.#applying.catch(() => undefined)
  }

  /** Returns when everything given is committed. Throws what a part threw. */
  async settle(): Promise<void> {
    await this.#applying
  }

  /** Where the lane has come to when that is further than its checkpoint says, else null. */
  behind(): { lane: number; checkpoint: Position } | null {
    return this.#passed.row > this.#committed.row ? { lane: this.#index, checkpoint: this.#passed } : null
  }

  async #apply(part: Part): Promise<void> {
    if (this.#work.limit.passed !== null) return
    try {
      await this.#try(part)
    } catch (error) {
      if (!(error instanceof RowsRefused)) throw error
      await this.#isolate(part)
    }
  }

  async #try(part: Part): Promise<void> {
    const statement = statementOf(part, this.#work.check, this.#work.statement)
    await this.#commit(part, (tx) => (statement === null ? NOTHING : tx.apply(this.#work.claim, statement)))
  }

  /**
   * The database refused a value that every check let through, or rows of which one must see what another did first.
   * Halving finds the row: one in 5,000 costs about 25 transactions more. That row alone fails, unless what was in
   * its way is seen when it is tried again: another operation's doing at the same moment.
   */
  async #isolate(part: Part): Promise<void> {
    const [only] = part.rows
    if (only === undefined) return
    if (part.rows.length > 1) {
      for (const half of halves(part)) await this.#apply(half)
      return
    }
    try {
      await this.#try(part)
    } catch (error) {
      if (!(error instanceof RowsRefused)) throw error
      const refused = { row: only.number, code: 'NOT_STORABLE', column: null } as const
      await this.#commit(part, () => ({ ...NOTHING, failures: [refused] }))
    }
  }

  async #commit(part: Part, effects: (tx: ChunkTransaction) => Applied | Promise<Applied>): Promise<void> {
    const { claim, store, observer, committed, limit } = this.#work
    const started = performance.now()
    const record = await store.transaction(async (tx) => {
      const applied = await effects(tx)
      const { succeeded, unchanged } = applied
      const { rows: failed, ...outcome } = partOutcome(part, applied)
      const counts = { succeeded, unchanged: unchanged.length, failed }
      const mark = chunkMark(part.rows, unchanged)
      const checkpoint = part.end
      await tx.record(claim, { lane: this.#index, ...counts, ...outcome, checkpoint, mark })
      return counts
    })
    this.#committed = part.end
    limit.add(record)
    observer.chunk(claim.type, (performance.now() - started) / 1000, record)
    if (part.rows.length > 0) committed()
  }
}
