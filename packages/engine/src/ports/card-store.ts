import type { Enrollment } from './enrollment.ts'
import type { Delivering } from './outbox.ts'

/** A row whose card is to be printed. */
export interface PendingCard {
  readonly row: number
  /** Null when the enrollment was deleted since the row was applied. */
  readonly enrollment: Enrollment | null
}

/** The record of cards, as printing needs it. */
export interface CardStore {
  /** The rows of the operation's messages that are not settled, in row order, a few at a time: images are in them. */
  pending(operation: Delivering): AsyncIterable<readonly PendingCard[]>
}
