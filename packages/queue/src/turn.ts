import type { TurnProgress } from './progress-ticker.ts'

/** A worker's time with one operation. */
export interface Turn {
  readonly operationId: string
  /**
   * Aborted when the turn must be over at the next opportunity. The reason is `shutdown`, or
   * `lock-lost` when another worker may have the operation already.
   */
  readonly signal: AbortSignal
  /** True when another operation wants a turn, so that a long one should end its own. False while Redis is away. */
  othersWait(): Promise<boolean>
  /** Shows operators how far it is: about once a second, whatever the calls. Never throws. */
  progress(progress: TurnProgress): void
}

/** `ended`: the operation wants no turn any more, or not now. `turn-over`: it wants another, after the others. */
export type TurnResult = 'ended' | 'turn-over'

/**
 * Does one turn. What it throws is an outage or a bug: the turn is tried again later, for ever,
 * unless its signal was aborted, in which case the error counts as `turn-over`.
 */
export type TurnHandler = (turn: Turn) => Promise<TurnResult>

export type AbortReason = 'shutdown' | 'lock-lost'
