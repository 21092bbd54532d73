import type { Enrollment } from './enrollment.ts'

/** A row that becomes a card. */
export interface Card {
  readonly row: number
  readonly enrollment: Enrollment
}

/** Where and how cards are printed. */
export interface PrintJob {
  readonly printer: { readonly name: string; readonly kind: string; readonly address: string | null }
  /** From which hopper the blank cards come, from 1. */
  readonly hopper: number
  /** What the printer is to show for the slot of cards that failed; null for nothing. */
  readonly exceptionMessage: string | null
}

/** Why a card was not printed, a phrase without values of its fields. */
export interface CardRefused {
  readonly row: number
  readonly problem: string
}

/** Prints cards. */
export interface Printer {
  /**
   * Prints the cards in their order and tells those that it cannot print, while the others are printed. Memory does
   * not grow with their number but for a few hundred bytes each. Throws when the signal is aborted, when `cards`
   * throws, and when nothing can be printed now; then it is as if nothing had been asked.
   *
   * @param resultKey where in the file store a file goes, where printing makes one
   */
  print(
    job: PrintJob,
    cards: AsyncIterable<Card>,
    resultKey: string,
    signal: AbortSignal,
  ): Promise<readonly CardRefused[]>
}
