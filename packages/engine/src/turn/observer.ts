import type { OperationState, OperationType } from '@muster/contracts'
import type { DeliveryResult } from '../delivery/courier.ts'
import type { Counts } from '../ports/index.ts'

/** Is told what the engine does, for metrics and logs. Must not throw. */
export interface Observer {
  /** A chunk's rows of one lane were committed. */
  chunk(type: OperationType, seconds: number, rows: Counts): void
  /** The first rows of an operation were committed, so many seconds after it could have its first turn. */
  firstRow(type: OperationType, seconds: number): void
  /** A message was carried out, or was not. */
  delivery(type: OperationType, result: DeliveryResult['kind'], seconds: number): void
  /** Rows of the outbox have their outcomes now. */
  settled(type: OperationType, rows: Counts): void
  /** What an operation's messages go through is away; they wait for so long. `reply` has no personal data. */
  deliveryAway(operationId: string, seconds: number, reply: string): void
  ended(type: OperationType, state: OperationState, operationId: string): void
  /** Another worker took the operation over while this one held it. */
  leaseLost(operationId: string): void
  /** The outcomes of an operation that has ended do not add up to its rows. */
  rowsNotConserved(operationId: string, total: number, counted: number): void
}
