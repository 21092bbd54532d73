import { findOperation } from '@muster/database'
import { failedRowsFile } from '../../operations/failed-rows-file.ts'
import type { Endpoint } from '../endpoint.ts'
import { jobOf, noSuchJob } from './get-job.ts'

/** `GET /jobs/{id}/failed-rows`: the rows that failed so far, the same CSV as the native dialect's. */
export const failedRows: Endpoint = {
  summary: 'Download the failed rows of a job',
  answers: { 200: { description: 'The rows that failed so far.', content: { 'text/csv': 'binary' } } },
  async handler(services, request) {
    const job = await jobOf(services, request)
    const operation = await findOperation(services.pool, request.caller.tenantId, job.operationId)
    if (operation === null) throw noSuchJob()
    return failedRowsFile(services, operation)
  },
}
