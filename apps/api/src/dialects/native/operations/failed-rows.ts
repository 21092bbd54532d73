import { failedRowsFile } from '../../../operations/failed-rows-file.ts'
import type { Endpoint } from '../endpoint.ts'
import { operationOf } from './operation-of.ts'

/** `GET /v1/operations/{id}/failed-rows`. */
export const getFailedRows: Endpoint = {
  summary: 'Download the failed rows',
  answers: { 200: { description: 'The rows that failed so far.', content: { 'text/csv': 'binary' } } },
  async handler(services, request) {
    return failedRowsFile(services, await operationOf(services, request))
  },
}
