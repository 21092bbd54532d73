import { randomUUID } from 'node:crypto'
import { isEnded } from '@muster/contracts'
import type { Delivering } from '../ports/index.ts'
import { isConserved, outcomes } from '../turn/conservation.ts'
import { FailureLimit } from '../turn/failure-limit.ts'
import type { Turn, TurnEnd } from '../turn/turn.ts'
import type { WholeCourier } from './courier.ts'
import { deliverEach } from './deliver-each.ts'
import type { DeliveryEngine } from './delivery-engine.ts'

/**
 * Carries out messages of an operation until none is due, the turn ends, what they go through is away, or more rows
 * failed than the policy allows. With the last of them the operation is COMPLETED. *ended*: nothing is to be done
 * now; those that are due later, or are still to come, want another turn then.
 */
export async function takeDeliveryTurn(turn: Turn, engine: DeliveryEngine): Promise<TurnEnd> {
  const operation = await engine.outbox.find(turn.operationId)
  if (operation === null) return 'ended'
  const { outbox, observer } = engine
  // Also when the operation has ended: what became of these is still to be told.
  observer.settled(operation.type, await outbox.giveUp(operation))
  if (isEnded(operation.state) || operation.paused) return 'ended'
  const end = await carryOut(operation, turn, engine)
  if (end === 'ended') await complete(operation, engine)
  return end
}

async function carryOut(operation: Delivering, turn: Turn, engine: DeliveryEngine): Promise<TurnEnd> {
  const courier = engine.couriers[operation.type]
  if (courier === undefined) throw new RangeError(`this worker does not carry out operations of type ${operation.type}`)
  if ('ready' in courier) return deliverEach(operation, { turn, courier, holder: randomUUID() }, engine)
  await deliverWhole(operation, turn, { courier, engine })
  return 'ended'
}

async function deliverWhole(
  operation: Delivering,
  turn: Turn,
  { courier, engine }: { courier: WholeCourier; engine: DeliveryEngine },
): Promise<void> {
  const counts = await courier.deliver(operation, turn.signal)
  if (counts === null) return
  engine.observer.settled(operation.type, counts)
  const limit = new FailureLimit(operation.policy, operation.counts)
  limit.add(counts)
  if (limit.passed !== null) await engine.outbox.stop(operation, limit.passed)
}

async function complete(operation: Delivering, { outbox, observer }: DeliveryEngine): Promise<void> {
  const ended = await outbox.complete(operation)
  if (ended === null) return
  if (!isConserved('COMPLETED', ended)) {
    observer.rowsNotConserved(operation.id, ended.total ?? 0, outcomes(ended))
  }
  observer.ended(operation.type, 'COMPLETED', operation.id)
}
