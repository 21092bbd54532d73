import { sampleFile } from '../../../operations/sample-file.ts'
import type { Endpoint } from '../../endpoint.ts'
import { TYPE_QUERY, typeWithOptions } from './type-options.ts'

/** `GET /v1/operation-types/{type}/sample`. */
export const getSample: Endpoint = {
  summary: 'Download a sample CSV of an operation type',
  details:
    'Two rows that an import accepts. Those of QUICK_ENROLLMENT are about users that the sample of IMPORT_USERS makes.',
  query: TYPE_QUERY,
  answers: { 200: { description: 'A header and two rows, in UTF-8.', content: { 'text/csv': 'binary' } } },
  async handler(services, request) {
    const { type, options } = await typeWithOptions(services, request)
    return sampleFile(type, options)
  },
}
