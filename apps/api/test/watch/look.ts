import type { WatchedOperation } from '@muster/database'
import type { News } from '../../src/watch/watch.ts'

/** A running operation as it is seen, with nothing changed since its creation that is to be told. */
export const RUNNING: WatchedOperation = {
  number: 1n,
  state: 'PROCESSING',
  paused: false,
  changeId: '0',
  sha256: null,
  bytes: null,
  bytesDone: null,
  total: null,
  succeeded: 0,
  unchanged: 0,
  failed: 0,
  resolved: 0,
  endedAt: null,
  filesRemoved: false,
}

export function look(changed: Partial<WatchedOperation> = {}): News {
  return { kind: 'look', look: { operation: { ...RUNNING, ...changed }, rowsPerSecond: null, estimatedEnd: null } }
}
