import { type DeliveryEngine, type Engine, type Turn as EngineTurn, takeDeliveryTurn, takeTurn } from '@muster/engine'
import type { Turn, TurnHandler } from '@muster/queue'

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
    const end = await takeTurn(lasting(turn, turnMs), engine)
    if (end === 'ended' || turn.signal.aborted) return end
    return (await isPending(turn.operationId)) ? 'turn-over' : 'ended'
  }
}

/** Gives an operation's messages their turn, likewise. */
export function takeDeliveryTurns(engine: DeliveryEngine, turnMs: number): TurnHandler {
  return (turn) => takeDeliveryTurn(lasting(turn, turnMs), engine)
}

/** At least `turnMs`, and on for as long as nobody else waits. */
function lasting(turn: Turn, turnMs: number): EngineTurn {
  let until = performance.now() + turnMs
  return {
    operationId: turn.operationId,
    signal: turn.signal,
    progress: (rowsDone) => turn.progress({ rowsDone }),
    async isOver() {
      if (performance.now() < until) return false
      until = performance.now() + turnMs
      return turn.othersWait()
    },
  }
}
