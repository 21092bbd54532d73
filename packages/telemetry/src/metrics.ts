import { isEnded, OPERATION_STATES, OPERATION_TYPES, type OperationState, type OperationType } from '@muster/contracts'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { type Waiting, waitingCollector } from './waiting-collector.ts'

export const ROW_OUTCOMES = ['succeeded', 'unchanged', 'failed'] as const
export type RowOutcome = (typeof ROW_OUTCOMES)[number]

/** `postponed`: it alone is to be tried again; `away`: what it goes through is not there. */
const DELIVERY_RESULTS = ['delivered', 'failed', 'postponed', 'away'] as const
type DeliveryResult = (typeof DELIVERY_RESULTS)[number]

/** `accepted`: an operation came of it; `refused`: told what is wrong; `aborted`: by the client; `failed`: by us. */
export const UPLOAD_OUTCOMES = ['accepted', 'refused', 'aborted', 'failed'] as const
export type UploadOutcome = (typeof UPLOAD_OUTCOMES)[number]

export interface HttpRequest {
  readonly method: string
  /** The route's pattern, such as `/v1/operations/:id`, never a path; null when no route matched. */
  readonly route: string | null
  readonly status: number
  readonly seconds: number
}

/** A process's instruments. Every label has a small, known set of values; ids are never among them. */
export interface Metrics {
  httpRequest(request: HttpRequest): void
  operationEnded(type: OperationType, state: OperationState): void
  rows(type: OperationType, outcome: RowOutcome, count: number): void
  chunk(type: OperationType, seconds: number): void
  /** A message was carried out, or was not. */
  delivery(type: OperationType, result: DeliveryResult, seconds: number): void
  /** A write was refused because another worker had taken the operation over. */
  leaseLost(): void
  /** An operation ended with counts that do not add up. */
  rowConservationMismatch(): void
  upload(outcome: UploadOutcome, bytes: number): void
  /** Asked at every scrape, from now on; once a process, as it adds series. */
  observeWaiting(source: () => Promise<Waiting>): void
  /** The exposition format of Prometheus. */
  text(): Promise<{ contentType: string; body: string }>
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const FINAL_STATES = OPERATION_STATES.filter(isEnded)

/** `service` is a label of every series. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const instruments = createInstruments(registry)
  startAtZero(instruments)
  let collectWaiting: () => Promise<void> = async () => {}

  return {
    httpRequest: ({ method, route, status, seconds }) => {
      const labels = {
        method: METHODS.includes(method) ? method : 'other',
        route: route ?? 'none',
        status: String(status),
      }
      instruments.http.observe(labels, seconds)
    },
    operationEnded: (type, state) => instruments.ended.inc({ type, state }),
    rows: (type, outcome, count) => instruments.rows.inc({ type, outcome }, count),
    chunk: (type, seconds) => instruments.chunk.observe({ type }, seconds),
    delivery: (type, result, seconds) => {
      instruments.deliveries.inc({ type, result })
      instruments.delivery.observe({ result }, seconds)
    },
    leaseLost: () => instruments.lostLeases.inc(),
    rowConservationMismatch: () => instruments.mismatches.inc(),
    upload: (outcome, bytes) => {
      instruments.uploads.inc({ outcome })
      instruments.uploadBytes.inc(bytes)
    },
    observeWaiting: (source) => {
      collectWaiting = waitingCollector(registry, source)
    },
    text: async () => {
      await collectWaiting()
      return { contentType: registry.contentType, body: await registry.metrics() }
    },
  }
}

type Instruments = ReturnType<typeof createInstruments>

function createInstruments(registry: Registry) {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames, registers })
  return {
    http: new Histogram({
      name: 'muster_http_request_duration_seconds',
      help: 'HTTP requests, from the first byte received to the last one sent',
      labelNames: ['method', 'route', 'status'],
      // Uploads are requests too, and take minutes.
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 1_800],
      registers,
    }),
    chunk: new Histogram({
      name: 'muster_chunk_duration_seconds',
      help: 'Chunk transactions, commit included',
      labelNames: ['type'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
      registers,
    }),
    delivery: new Histogram({
      name: 'muster_delivery_duration_seconds',
      help: 'Mails and other messages, each from its start to the answer',
      labelNames: ['result'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
    deliveries: counter('muster_deliveries_total', 'Mails and other messages that were tried', ['type', 'result']),
    ended: counter('muster_operations_ended_total', 'Operations that reached a final state', ['type', 'state']),
    rows: counter('muster_rows_total', 'Rows that have their outcome', ['type', 'outcome']),
    lostLeases: counter('muster_lost_leases_total', 'Writes refused because another worker had the operation', []),
    mismatches: counter('muster_row_conservation_mismatches_total', 'Operations whose counts did not add up', []),
    uploads: counter('muster_uploads_total', 'Uploads by what became of them', ['outcome']),
    uploadBytes: counter('muster_upload_bytes_total', 'Bytes of files received', []),
  }
}

/** A series that appears with its first event hides that event from rate(). */
function startAtZero({ chunk, deliveries, delivery, ended, rows, uploads }: Instruments): void {
  for (const type of OPERATION_TYPES) {
    chunk.zero({ type })
    for (const state of FINAL_STATES) ended.inc({ type, state }, 0)
    for (const outcome of ROW_OUTCOMES) rows.inc({ type, outcome }, 0)
    for (const result of DELIVERY_RESULTS) deliveries.inc({ type, result }, 0)
  }
  for (const result of DELIVERY_RESULTS) delivery.zero({ result })
  for (const outcome of UPLOAD_OUTCOMES) uploads.inc({ outcome }, 0)
}
