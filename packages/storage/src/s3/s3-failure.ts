import { FileStoreFailure } from '@muster/engine/ports'

/** What servers say when there is no room left: codes of MinIO and Ceph, beside HTTP 507. */
const FULL: readonly string[] = ['XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded', 'QuotaExceeded']
const INSUFFICIENT_STORAGE = 507
const TOO_MANY_REQUESTS = 429
const OF_THE_SERVER = 500

/**
 * A call of S3 that failed, after all its attempts. Tells the call and the code alone: what the library throws holds
 * addresses and headers too.
 */
export class S3Failure extends FileStoreFailure {
  /** S3's code, as `AccessDenied`, or Node's, as `ECONNREFUSED`; `ENOSPC` when the store is full, as of disks. */
  readonly code: string
  /** HTTP; null when there was no answer. */
  readonly status: number | null

  constructor(call: string, code: string, status: number | null = null) {
    const isFull = status === INSUFFICIENT_STORAGE || FULL.includes(code)
    const isAway = status === null || status === TOO_MANY_REQUESTS || status >= OF_THE_SERVER
    super(`S3 ${call} failed: ${code}${status === null ? '' : ` (HTTP ${status})`}`, isAway && !isFull)
    this.name = 'S3Failure'
    this.code = isFull ? 'ENOSPC' : code
    this.status = status
  }
}

/** What to throw instead of what a call of the library threw. */
export function s3Failure(call: string, error: unknown): S3Failure {
  if (error instanceof S3Failure) return error
  return new S3Failure(call, codeOf(error), statusOf(error))
}

/** The call's result. Throws S3Failure. */
export async function told<T>(call: string, sent: Promise<T>): Promise<T> {
  try {
    return await sent
  } catch (error) {
    throw s3Failure(call, error)
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown'
  // Of what did not come to an answer, Node's code; an AggregateError, of several addresses tried, has no name worth telling.
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z_]+$/.test(error.code)) return error.code
  return /^\w{1,60}$/.test(error.name) ? error.name : 'Unknown'
}

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return null
  const metadata = error.$metadata
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null
}
