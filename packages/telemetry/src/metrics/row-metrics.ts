import { OPERATION_TYPES, type OperationState, type OperationType } from '@muster/contracts'
import { type Instruments, SECONDS } from './registry.ts'

const ROW_OUTCOMES = ['succeeded', 'unchanged', 'failed'] as const
type RowOutcome = (typeof ROW_OUTCOMES)[number]

/** Those that an operation's turns bring it to. */
const ENDS = ['COMPLETED', 'FAILED'] as const satisfies readonly OperationState[]

export interface RowMetrics {
  operationEnded(type: OperationType, state: OperationState): void
  rows(type: OperationType, outcome: RowOutcome, count: number): void
  chunk(type: OperationType, seconds: number): void
  /** The first rows of an operation were committed, that long after it could have its first turn. */
  firstRow(type: OperationType, seconds: number): void
  /** A write was refused because another worker had taken the operation over. */
  leaseLost(): void
  /** An operation ended with counts that do not add up. */
  rowConservationMismatch(): void
}

export function rowMetrics(instruments: Instruments): RowMetrics {
  const ended = instruments.counter('muster_operations_ended_total', 'Operations that a worker brought to their end', [
    'type',
    'state',
  ])
  const rows = instruments.counter('muster_rows_total', 'Rows that have their outcome', ['type', 'outcome'])
  const chunk = instruments.histogram('muster_chunk_duration_seconds', 'Chunk transactions, commit included', {
    labels: ['type'],
    buckets: SECONDS,
  })
  const firstRow = instruments.histogram(
    'muster_time_to_first_row_seconds',
    'From when an operation could have its first turn to the commit of its first rows',
    { labels: ['type'], buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600] },
  )
  const lostLeases = instruments.counter(
    'muster_lost_leases_total',
    'Writes refused because another worker had the operation',
  )
  const mismatches = instruments.counter(
    'muster_row_conservation_mismatches_total',
    'Operations whose counts did not add up',
  )
  // A series that appears with its first event hides that event from rate().
  for (const type of OPERATION_TYPES) {
    chunk.zero({ type })
    firstRow.zero({ type })
    for (const state of ENDS) ended.inc({ type, state }, 0)
    for (const outcome of ROW_OUTCOMES) rows.inc({ type, outcome }, 0)
  }
  return {
    operationEnded: (type, state) => ended.inc({ type, state }),
    rows: (type, outcome, count) => rows.inc({ type, outcome }, count),
    chunk: (type, seconds) => chunk.observe({ type }, seconds),
    firstRow: (type, seconds) => firstRow.observe({ type }, seconds),
    leaseLost: () => lostLeases.inc(),
    rowConservationMismatch: () => mismatches.inc(),
  }
}
