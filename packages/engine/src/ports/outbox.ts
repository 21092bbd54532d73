import type { OperationState, RowMistake } from '@muster/contracts'
import type { Claim, Counts, FailurePolicy } from './claim.ts'
import type { Ended } from './operation-store.ts'

/** An operation with rows whose effects outside the database are carried out. */
export interface Delivering extends Pick<Claim, 'number' | 'id' | 'tenantId' | 'type' | 'options'> {
  readonly state: OperationState
  /** No message is to be sent while it is. */
  readonly paused: boolean
  /** Rows of the source; null until all of them are read. */
  readonly total: number | null
  readonly policy: FailurePolicy
  /** All lanes together. */
  readonly counts: Counts
  /** How often in a row what its messages go through was away. */
  readonly failures: number
}

/** A row's effect outside the database that is to be carried out. */
export interface Message {
  readonly row: number
  /** What the row is about: an id of the operation type's own, decimal digits. */
  readonly subject: string
  /** When its row was applied. */
  readonly createdAt: Date
  /** How often it was tried before. */
  readonly attempts: number
}

/** A message that is over: the row succeeded, or failed for that reason. */
export interface Settlement {
  readonly row: number
  /** Null: it succeeded. */
  readonly mistake: Pick<RowMistake, 'code' | 'params'> | null
}

/** A message that surely had no effect, and is to be tried again. */
export interface Postponement {
  readonly row: number
  readonly seconds: number
}

/**
 * The messages of operations. A message is held by somebody while what it does outside is not known; if that lasts
 * too long, as when its process died, it is given up and never tried again by itself.
 */
export interface Outbox {
  /** Null when there is no such operation, or it was deleted. */
  find(operationId: string): Promise<Delivering | null>
  /** Messages that are due and not held, at most `limit`. */
  due(operation: Delivering, limit: number): Promise<readonly Message[]>
  /**
   * Marks those of the rows that are still due as held, for `seconds` at most; none when the operation is not PROCESSING
   * or is paused. Returns which.
   */
  hold(operation: Delivering, rows: readonly number[], holder: string, seconds: number): Promise<ReadonlySet<number>>
  /**
   * Settles messages that the holder holds, and lets go of those that are to be tried again, in one transaction with
   * the outcomes and counts of their rows. What is no longer the holder's is left as it is.
   */
  settle(
    operation: Delivering,
    holder: string,
    over: readonly Settlement[],
    again: readonly Postponement[],
  ): Promise<Counts>
  /** Settles what is held by nobody that could still be there: whether it was carried out is uncertain. */
  giveUp(operation: Delivering): Promise<Counts>
  /** All messages of the operation that are not settled, settled at once: those of the rows given failed. */
  settleAll(operation: Delivering, failed: readonly Settlement[], resultKey: string | null): Promise<Counts>
  /** What they go through is away: the operation's messages wait for `seconds`. */
  suspend(operation: Delivering, seconds: number): Promise<void>
  /** It is there again. */
  resume(operation: Delivering): Promise<void>
  /** COMPLETED, when all rows are read and no message is left; null when it is not. */
  complete(operation: Delivering): Promise<Ended | null>
  /** More rows failed than the policy allows: FAILED, with that sentence, and no further message is sent. */
  stop(operation: Delivering, message: string): Promise<void>
}
