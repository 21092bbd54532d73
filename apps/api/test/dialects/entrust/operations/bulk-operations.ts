import { findOperation, type OperationRecord } from '@muster/database'
import type { ApiUnderTest } from '../../../api-under-test.ts'

export const SCOPES = ['ISSUANCE:VIEW', 'ISSUANCE:ADD', 'ISSUANCE:REMOVE']

/** The id that the vendor publishes as an example: its JSON is broken. */
export const PUBLISHED_ID =
  'eyJ3b3JrZmxvd0lkIjoiOTI1MDkwYWEtZGVjYy00MGZlLWIzZTQtMTYwMjFjNjU5MmIwIiwid2hlcmVDbGF1c2UiOnsiUVVJQ0tTVEFSVFBSSU1BUllLRVkiOiIxNCJ8fQ'

/** An operation as the dialect tells it; a field that is not known is not there. */
export interface BulkOperation {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly state: string
  readonly initTime: string
  readonly processingStartTime?: string
  readonly processingEndTime?: string
  readonly processingTime?: number
  readonly rowsProcessed: number
  readonly rowsFailed: number
  readonly firstFailedRow?: number
  readonly errorMessage?: string
}

export interface EntrustError {
  readonly code: string
  readonly message: string
  readonly target?: string
}

/** Calls of the dialect's paths as the vendor's clients make them. */
export function bulkOperations(api: ApiUnderTest) {
  const headers = { accept: 'application/json', 'content-type': 'application/json' }

  const get = (path: string) => api.call(`/api/web${path}`, { scopes: SCOPES, headers })
  const remove = (path: string) => api.call(`/api/web${path}`, { method: 'DELETE', scopes: SCOPES, headers })
  const post = (path: string, body: unknown, more: Record<string, string> = {}) =>
    postText(path, JSON.stringify(body), more)
  const postText = (path: string, body: string, more: Record<string, string> = {}) =>
    api.call(`/api/web${path}`, { method: 'POST', body, scopes: SCOPES, headers: { ...headers, ...more } })

  async function created(path: string, body: unknown): Promise<BulkOperation> {
    const answer = await post(path, body)
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as BulkOperation
  }

  async function recordOf(id: string): Promise<OperationRecord> {
    const record = await findOperation(api.pool, api.tenantId, id)
    if (record === null) throw new Error('no such operation')
    return record
  }

  /** Moves an operation on by hand, as workers would: sets columns of it. */
  async function change(id: string, assignments: string): Promise<void> {
    await api.pool.query(`update operations set changed_by = 'test', ${assignments} where id = $1`, [id])
  }

  return { get, remove, post, postText, created, recordOf, change }
}

export async function errorOf(answer: Response): Promise<EntrustError> {
  return (await answer.json()) as EntrustError
}
