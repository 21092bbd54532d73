import type { Observer } from '@muster/engine'
import type { TurnObserver } from '@muster/queue'
import type { Logger, WorkerMetrics } from '@muster/telemetry'

/** What the engine tells, as metrics and log lines. */
export function observe(metrics: WorkerMetrics, log: Logger): Observer {
  return {
    chunk(type, seconds, rows) {
      metrics.chunk(type, seconds)
      metrics.rows(type, 'succeeded', rows.succeeded)
      metrics.rows(type, 'unchanged', rows.unchanged)
      metrics.rows(type, 'failed', rows.failed)
    },
    firstRow: (type, seconds) => metrics.firstRow(type, seconds),
    delivery: (type, result, seconds) => metrics.delivery(type, result, seconds),
    settled(type, rows) {
      metrics.rows(type, 'succeeded', rows.succeeded)
      metrics.rows(type, 'failed', rows.failed)
    },
    deliveryAway(operationId, seconds, reply) {
      log.warn({ operationId, seconds, reply }, 'what messages go through is away; they wait')
    },
    ended(type, state, operationId) {
      metrics.operationEnded(type, state)
      log.info({ operationId, type, state }, 'operation ended')
    },
    leaseLost(operationId) {
      metrics.leaseLost()
      log.warn({ operationId }, 'another worker has taken the operation over')
    },
    rowsNotConserved(operationId, total, counted) {
      metrics.rowConservationMismatch()
      log.error({ operationId, total, counted }, 'the outcomes of an operation do not add up to its rows')
    },
  }
}

/** What the queues tell, as metrics. */
export function observeTurns(metrics: WorkerMetrics): TurnObserver {
  return { turn: metrics.turn, stalled: metrics.jobStalled }
}
