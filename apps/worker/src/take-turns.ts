import { type Engine, takeTurn } from '@muster/engine'
import type { TurnHandler } from '@muster/queue'

/**
 * Gives an operation its turn: at least `turnMs`, and on for as long as nobody else waits.
 *
 * @param ended told after every operation that ended, so that the next of its tenant is queued at once
 */
export function takeTurns(engine: Engine, turnMs: number, ended: () => void): TurnHandler {
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
    if (end === 'ended') ended()
    return end
  }
}
