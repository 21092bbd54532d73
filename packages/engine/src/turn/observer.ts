import type { OperationState, OperationType } from '@muster/contracts'
import type { Counts } from '../ports/index.ts'

/** Is told what the engine does, for metrics and logs. Must not throw. */
export interface Observer {
  /** A chunk's rows of one lane were committed. */
  chunk(type: OperationType, seconds: number, rows: Counts): void
  ended(type: OperationType, state: OperationState, operationId: string): void
  /** Another worker took the operation over while this one held it. */
  leaseLost(operationId: string): void
  /** The outcomes of an operation that has ended do not add up to its rows. */
  rowsNotConserved(operationId: string, total: number, counted: number): void
}
