import type { RowMistake } from '@muster/contracts'
import type { Counts, Delivering, Message } from '../ports/index.ts'

/**
 * What became of a message. *postponed*: surely nothing, and it alone is to be tried again. *away*: surely nothing, and
 * no other message would fare better now. A `reply` is one line for people, without personal data.
 */
export type DeliveryResult =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly mistake: Pick<RowMistake, 'code' | 'params'> }
  | { readonly kind: 'postponed' | 'away'; readonly reply: string }

/** Carries one message out. Never throws; takes a minute at most. */
export type Carry = () => Promise<DeliveryResult>

/** Carries out messages one by one. */
export interface Courier {
  /**
   * Waits for a moment until some of so many messages may be carried out: how many, from 0. Asked before they are held,
   * so that those which wait can still be withdrawn. Without it, all may.
   */
  readonly admit?: (most: number) => Promise<number>
  /** Readies messages: one entry each, by row. Nothing happens outside yet, and it may be done again. */
  ready(operation: Delivering, messages: readonly Message[]): Promise<ReadonlyMap<number, Carry>>
}

/** Carries out all messages of an operation together. */
export interface WholeCourier {
  /**
   * Settles every message of the operation, all at once, when its rows are all read: their outcomes. Null before that:
   * nothing was done. May be done again from the start. Throws when it cannot be done now.
   */
  deliver(operation: Delivering, signal: AbortSignal): Promise<Counts | null>
}
