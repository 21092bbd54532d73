import type { HandleTurn } from './handle-turn.ts'
import type { TurnsQueue } from './queues.ts'

/** Is told of turns, for metrics. Must not throw. */
export interface TurnObserver {
  /**
   * A turn is over. `ended`: the operation wants no further one now; `over`: it wants another; `failed`: it is tried
   * again; `lost`: another worker may have its job.
   */
  turn(queue: TurnsQueue, result: 'ended' | 'over' | 'failed' | 'lost', seconds: number): void
  /** A job was given back to the queue, since the worker that had it is gone. */
  stalled(queue: TurnsQueue): void
}

/** The same handling, of which the observer is told. */
export function observedTurns(handle: HandleTurn, queue: TurnsQueue, observer: TurnObserver | undefined): HandleTurn {
  if (observer === undefined) return handle
  return async (job, signal) => {
    const started = performance.now()
    const tell = (result: Parameters<TurnObserver['turn']>[1]) =>
      observer.turn(queue, isLost(signal) ? 'lost' : result, (performance.now() - started) / 1_000)
    try {
      const result = await handle(job, signal)
      tell(result === 'ended' ? 'ended' : 'over')
      return result
    } catch (error) {
      tell('failed')
      throw error
    }
  }
}

function isLost(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason === 'lock-lost'
}
