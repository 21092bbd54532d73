import { OPERATION_TYPES, type OperationType } from '@muster/contracts'
import type { Instruments } from './registry.ts'

/** `postponed`: it alone is to be tried again; `away`: what it goes through is not there. */
const DELIVERY_RESULTS = ['delivered', 'failed', 'postponed', 'away'] as const
type DeliveryResult = (typeof DELIVERY_RESULTS)[number]

export interface DeliveryMetrics {
  /** A message was carried out, or was not. */
  delivery(type: OperationType, result: DeliveryResult, seconds: number): void
}

export function deliveryMetrics(instruments: Instruments): DeliveryMetrics {
  const duration = instruments.histogram(
    'muster_delivery_duration_seconds',
    'Mails and other messages, each from its start to the answer',
    { labels: ['result'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] },
  )
  const deliveries = instruments.counter('muster_deliveries_total', 'Mails and other messages that were tried', [
    'type',
    'result',
  ])
  for (const result of DELIVERY_RESULTS) {
    duration.zero({ result })
    for (const type of OPERATION_TYPES) deliveries.inc({ type, result }, 0)
  }
  return {
    delivery(type, result, seconds) {
      deliveries.inc({ type, result })
      duration.observe({ result }, seconds)
    },
  }
}
