import { OPERATIONS } from '@muster/operations'
import { sampleFile } from '../../../operations/sample-file.ts'
import { Refusal } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import { TYPE_QUERY, typeWithOptions } from './type-options.ts'

/** `GET /v1/operation-types/{type}/sample`. */
export const getSample: Endpoint = {
  summary: 'Download a sample CSV of an operation type',
  details:
    'Two rows that an import accepts. Those of QUICK_ENROLLMENT are about users that the sample of IMPORT_USERS makes. There is none of a type whose data is a ZIP.',
  query: TYPE_QUERY,
  answers: { 200: { description: 'A header and two rows, in UTF-8.', content: { 'text/csv': 'binary' } } },
  async handler(services, request) {
    const { type, options } = await typeWithOptions(services, request)
    if (OPERATIONS[type].content !== null) {
      throw new Refusal(
        'not-found',
        `There is no sample of ${type}: its data is a ZIP. What its files are called is told by the operation type.`,
      )
    }
    return sampleFile(type, options)
  },
}
