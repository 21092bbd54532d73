import { deleteOperation as remove } from '@muster/database'
import { UPLOADS_FOLDER } from '../../../upload/reception.ts'
import type { Endpoint } from '../../endpoint.ts'
import { noSuchOperation, operationIdOf } from './operation-of.ts'
import { stateConflict } from './state-conflict.ts'

/** `DELETE /v1/operations/{id}`: one that has ended goes with its files, and what it did stays done. */
export const deleteOperation: Endpoint = {
  summary: 'Delete an operation that has ended',
  answers: { 204: { description: 'It is gone, and its files with it.' } },
  async handler({ pool, files, log }, request) {
    const id = operationIdOf(request).toLowerCase()
    const deletion = await remove(pool, request.caller.tenantId, id)
    if (deletion === null) throw noSuchOperation()
    if (!deletion.deleted) throw stateConflict(deletion, 'Cancel it first; only one that has ended can be deleted.')
    // A folder that stays is an upload without an operation once the record is gone: the sweep removes it.
    await files.remove(`${UPLOADS_FOLDER}/${id}`).catch((error: unknown) => {
      log.warn({ err: error, operationId: id }, 'the files of a deleted operation were not removed yet')
    })
    return { status: 204, headers: {}, body: '' }
  },
}
