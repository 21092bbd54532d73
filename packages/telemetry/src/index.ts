export { createLogger, type Logger, type LoggerOptions } from './logger.ts'
export {
  createMetrics,
  type HttpRequest,
  type Metrics,
  ROW_OUTCOMES,
  type RowOutcome,
  UPLOAD_OUTCOMES,
  type UploadOutcome,
} from './metrics.ts'
export { type Health, type MetricsServer, type MetricsServerOptions, serveMetrics } from './metrics-server.ts'
export type { Waiting } from './waiting-collector.ts'
