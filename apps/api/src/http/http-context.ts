import type { FileStore } from '@muster/engine'
import type { ApiMetrics, Logger } from '@muster/telemetry'
import type { Authenticate } from '../auth/authenticate.ts'
import type { CountRequest } from '../limits/count-request.ts'

/** What serving a request needs, whatever the request. */
export interface HttpContext {
  readonly authenticate: Authenticate
  readonly countRequest: CountRequest
  /** Throws a Refusal when the tenant may have no further operation. */
  readonly demandRoomInQueue: (tenantId: number) => Promise<void>
  readonly files: FileStore
  /** Bytes of an upload's file. */
  readonly maxUploadBytes: number
  readonly metrics: ApiMetrics
  readonly log: Logger
}
