import type { OperationType } from '@muster/contracts'
import type { Outbox } from '../ports/index.ts'
import type { Observer } from '../turn/observer.ts'
import type { Courier, WholeCourier } from './courier.ts'

/** Everything that carrying messages out stands on. */
export interface DeliveryEngine {
  readonly outbox: Outbox
  /** For each type whose rows are deferred. */
  readonly couriers: Readonly<Partial<Record<OperationType, Courier | WholeCourier>>>
  readonly observer: Observer
  /** Messages of an operation that are carried out at the same time, from 1. */
  readonly atOnce: number
}
