import { type CertificateMetrics, certificateMetrics } from './certificate-metrics.ts'
import { type CollectorLog, Collectors } from './collectors.ts'
import { type DatabaseMetrics, databaseMetrics } from './database-metrics.ts'
import { type DeliveryMetrics, deliveryMetrics } from './delivery-metrics.ts'
import { type FileStoreMetrics, fileStoreMetrics } from './file-store-metrics.ts'
import { type HttpMetrics, httpMetrics } from './http-metrics.ts'
import { Instruments } from './registry.ts'
import { type RowMetrics, rowMetrics } from './row-metrics.ts'
import { type SystemMetrics, systemMetrics } from './system-metrics.ts'
import { type TurnMetrics, turnMetrics } from './turn-metrics.ts'
import { type UploadMetrics, uploadMetrics } from './upload-metrics.ts'

/**
 * A process's instruments: those that mean something in its role, and no others, so that a series that stands still
 * says something. Every label has a small, known set of values; ids are never among them.
 */
export interface Metrics {
  /** The exposition format of Prometheus; never throws, and takes some two seconds at most. */
  text(): Promise<{ contentType: string; body: string }>
}

export type ApiMetrics = Metrics & HttpMetrics & UploadMetrics & CertificateMetrics & DatabaseMetrics & FileStoreMetrics
export type WorkerMetrics = Metrics & RowMetrics & DeliveryMetrics & TurnMetrics & DatabaseMetrics & FileStoreMetrics
export type DashboardMetrics = Metrics & SystemMetrics & DatabaseMetrics

/** @param log told when something cannot be collected, and when it can be again */
export function createApiMetrics(log: CollectorLog): ApiMetrics {
  const { instruments, collectors, text } = open('api', log)
  return {
    text,
    ...httpMetrics(instruments),
    ...uploadMetrics(instruments),
    ...certificateMetrics(instruments),
    ...databaseMetrics(instruments, collectors),
    ...fileStoreMetrics(instruments, collectors),
  }
}

/**
 * @param queues names of those that operations have their turns from
 * @param log likewise
 */
export function createWorkerMetrics(queues: readonly string[], log: CollectorLog): WorkerMetrics {
  const { instruments, collectors, text } = open('worker', log)
  return {
    text,
    ...rowMetrics(instruments),
    ...deliveryMetrics(instruments),
    ...turnMetrics(instruments, queues),
    ...databaseMetrics(instruments, collectors),
    ...fileStoreMetrics(instruments, collectors),
  }
}

/** Those of the whole system are here, so that they are told once. */
export function createDashboardMetrics(log: CollectorLog): DashboardMetrics {
  const { instruments, collectors, text } = open('dashboard', log)
  return { text, ...systemMetrics(instruments, collectors), ...databaseMetrics(instruments, collectors) }
}

/** @param service the label of every series */
function open(service: string, log: CollectorLog) {
  const instruments = new Instruments(service)
  const collectors = new Collectors(instruments, log)
  const text: Metrics['text'] = async () => {
    await collectors.collect()
    return instruments.text()
  }
  return { instruments, collectors, text }
}
