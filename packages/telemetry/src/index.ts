export { createLogger, type Logger, type LoggerOptions } from './logger.ts'
export type { HttpRequest } from './metrics/http-metrics.ts'
export {
  type ApiMetrics,
  createApiMetrics,
  createDashboardMetrics,
  createWorkerMetrics,
  type DashboardMetrics,
  type Metrics,
  type WorkerMetrics,
} from './metrics/metrics.ts'
export type { UploadOutcome } from './metrics/upload-metrics.ts'
export { type Health, type MetricsServer, type MetricsServerOptions, serveMetrics } from './metrics-server.ts'
