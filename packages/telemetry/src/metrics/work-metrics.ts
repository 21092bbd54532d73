import { OPERATION_STATES, type OperationState } from '@muster/contracts'
import type { Collectors } from './collectors.ts'
import { type QueueMetrics, queueMetrics } from './queue-metrics.ts'
import type { Instruments } from './registry.ts'

/** Operations that have not ended. */
interface ObservedOperations {
  /** A state that is not named has none. */
  readonly byState: Readonly<Partial<Record<OperationState, number>>>
  readonly paused: number
  /** Those that no worker has moved on of late, though it may. */
  readonly waiting: number
  /** For how long the oldest of these has waited; 0 when none waits. */
  readonly oldestWaitingSeconds: number
  /** Since the least recent progress of one that is PROCESSING; 0 when none is. */
  readonly oldestUnprogressedSeconds: number
}

/** Mails and other messages that are to be carried out. */
interface ObservedMessages {
  readonly count: number
  /** 0 when there is none. */
  readonly oldestSeconds: number
}

export interface WorkMetrics extends QueueMetrics {
  observeOperations(source: () => Promise<ObservedOperations>): void
  observeMessages(source: () => Promise<ObservedMessages>): void
}

export function workMetrics(instruments: Instruments, collectors: Collectors): WorkMetrics {
  return {
    observeOperations: operations(instruments, collectors),
    observeMessages: messages(instruments, collectors),
    ...queueMetrics(instruments, collectors),
  }
}

/** Those that have ended are counters: how many there are depends on how long they are kept. */
const OPEN: readonly OperationState[] = OPERATION_STATES.filter(
  (state) => state === 'AWAITING_DATA' || state === 'SCHEDULED' || state === 'PROCESSING',
)

function operations(instruments: Instruments, collectors: Collectors): WorkMetrics['observeOperations'] {
  const byState = instruments.gauge('muster_operations', 'Operations that have not ended', ['state'])
  const gauges = {
    paused: instruments.gauge('muster_operations_paused', 'Operations that are paused'),
    waiting: instruments.gauge('muster_operations_waiting', 'Operations that wait for a turn'),
    oldestWaitingSeconds: instruments.gauge(
      'muster_oldest_waiting_seconds',
      'How long the operation that has waited longest has waited; 0 when none waits',
    ),
    oldestUnprogressedSeconds: instruments.gauge(
      'muster_oldest_unprogressed_seconds',
      'How long ago the operation in work that is furthest behind had its last progress; 0 when none is in work',
    ),
  }
  return (source) =>
    collectors.add({
      name: 'operations',
      source,
      set(answer) {
        for (const state of OPEN) byState.set({ state }, answer.byState[state] ?? 0)
        gauges.paused.set(answer.paused)
        gauges.waiting.set(answer.waiting)
        gauges.oldestWaitingSeconds.set(answer.oldestWaitingSeconds)
        gauges.oldestUnprogressedSeconds.set(answer.oldestUnprogressedSeconds)
      },
      clear() {
        byState.reset()
        for (const gauge of Object.values(gauges)) gauge.remove()
      },
    })
}

function messages(instruments: Instruments, collectors: Collectors): WorkMetrics['observeMessages'] {
  const count = instruments.gauge(
    'muster_messages_waiting',
    'Mails and other messages that are to be carried out, counted up to 100,000',
  )
  const oldest = instruments.gauge(
    'muster_oldest_message_seconds',
    'How long the oldest message that is to be carried out has waited; 0 when there is none',
  )
  return (source) =>
    collectors.add({
      name: 'messages',
      source,
      set(answer) {
        count.set(answer.count)
        oldest.set(answer.oldestSeconds)
      },
      clear() {
        count.remove()
        oldest.remove()
      },
    })
}
