import type { Collectors } from './collectors.ts'
import { type Instruments, SECONDS } from './registry.ts'

const CALLS = ['write', 'read', 'remove', 'check'] as const
type FileStoreCall = (typeof CALLS)[number]

interface Space {
  /** Bytes that may still be written. */
  readonly freeBytes: number
  readonly sizeBytes: number
}

export interface FileStoreMetrics {
  fileStoreCall(call: FileStoreCall, seconds: number): void
  /** Asked at every scrape; once a process. */
  observeFileStoreSpace(source: () => Promise<Space>): void
}

export function fileStoreMetrics(instruments: Instruments, collectors: Collectors): FileStoreMetrics {
  const duration = instruments.histogram(
    'muster_file_store_duration_seconds',
    'Calls of the file store; write: from the last byte given until it is durable, read: to the first byte',
    { labels: ['call'], buckets: SECONDS },
  )
  const free = instruments.gauge('muster_file_store_free_bytes', "Bytes that are free on the file store's disk")
  const size = instruments.gauge('muster_file_store_size_bytes', "The size of the file store's disk")
  for (const call of CALLS) duration.zero({ call })
  return {
    fileStoreCall: (call, seconds) => duration.observe({ call }, seconds),
    observeFileStoreSpace: (source) =>
      collectors.add({
        name: 'file_store',
        source,
        set({ freeBytes, sizeBytes }) {
          free.set(freeBytes)
          size.set(sizeBytes)
        },
        clear() {
          free.remove()
          size.remove()
        },
      }),
  }
}
