import type { Instruments } from './registry.ts'

/** `accepted`: an operation came of it; `refused`: told what is wrong; `aborted`: by the client; `failed`: by us. */
const UPLOAD_OUTCOMES = ['accepted', 'refused', 'aborted', 'failed'] as const
export type UploadOutcome = (typeof UPLOAD_OUTCOMES)[number]

export interface UploadMetrics {
  upload(outcome: UploadOutcome, bytes: number): void
}

export function uploadMetrics(instruments: Instruments): UploadMetrics {
  const uploads = instruments.counter('muster_uploads_total', 'Uploads by what became of them', ['outcome'])
  const bytesReceived = instruments.counter('muster_upload_bytes_total', 'Bytes of files received')
  for (const outcome of UPLOAD_OUTCOMES) uploads.inc({ outcome }, 0)
  return {
    upload(outcome, bytes) {
      uploads.inc({ outcome })
      bytesReceived.inc(bytes)
    },
  }
}
