import { type Engine, takeTurn } from '@muster/engine'
import type { TurnHandler } from '@muster/queue'

/**
 * Gives an operation its turn: at least `turnMs`, and on for as long as nobody else waits.
 *
 * @param isPending asked after a turn whether the operation should have another, or has to give way to others of its
 *   tenant; then its job ends, and it gets a new one when it is its turn again
 */
export function takeTurns(
  engine: Engine,
  turnMs: number,
  isPending: (operationId: string) => Promise<boolean>,
): TurnHandler {
  return async (turn) => {
    let until = performance.now() + turnMs
    const end = await takeTurn(
      {
        operationId: turn.operationId,
        signal: turn.signal,
        progress: (rowsDone) => turn.progress({ rowsDone }),
        async isOver() {
          if (performance.now() < until) return false
          until = performance.now() + turnMs
          return turn.othersWait()
        },
      },
      engine,
    )
    if (end === 'ended' || turn.signal.aborted) return end
    return (await isPending(turn.operationId)) ? 'turn-over' : 'ended'
  }
}
