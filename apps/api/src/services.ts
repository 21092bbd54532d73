import type { Pool } from '@muster/database'
import type { ArchiveReader, FileStore, SecretBox } from '@muster/engine'
import type { OperationsProducer } from '@muster/queue'
import type { ApiMetrics, Logger } from '@muster/telemetry'
import type { TenantLimits } from './limits/tenant-limits.ts'
import type { Retention } from './operations/expiry.ts'
import type { Wallets } from './passes/wallets.ts'
import type { WatchHub } from './watch/watch-hub.ts'

/** What handlers work with; made once, in the composition root. */
export interface Services {
  readonly pool: Pool
  readonly files: FileStore
  readonly archives: ArchiveReader
  readonly producer: OperationsProducer
  readonly secrets: SecretBox
  readonly wallets: Wallets
  readonly limits: TenantLimits
  readonly retention: Retention
  readonly hub: WatchHub
  /** Hours in which the same data is refused for an operation of the same type and options; 0 for none. */
  readonly duplicateWindowHours: number
  /** Bytes of an upload's file. */
  readonly maxUploadBytes: number
  readonly metrics: ApiMetrics
  readonly log: Logger
}
