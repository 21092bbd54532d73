import type { FileStore } from '@muster/engine'
import type { Logger, Metrics } from '@muster/telemetry'
import type { Authenticate } from '../auth/authenticate.ts'

/** What serving a request needs, whatever the request. */
export interface HttpContext {
  readonly authenticate: Authenticate
  readonly files: FileStore
  /** Bytes of an upload's file. */
  readonly maxUploadBytes: number
  readonly metrics: Metrics
  readonly log: Logger
}
