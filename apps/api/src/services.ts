import type { Pool } from '@muster/database'
import type { FileStore, SecretBox } from '@muster/engine'
import type { OperationsProducer } from '@muster/queue'
import type { Logger, Metrics } from '@muster/telemetry'

/** What handlers work with; made once, in the composition root. */
export interface Services {
  readonly pool: Pool
  readonly files: FileStore
  readonly producer: OperationsProducer
  readonly secrets: SecretBox
  readonly metrics: Metrics
  readonly log: Logger
}
