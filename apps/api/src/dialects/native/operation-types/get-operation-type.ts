import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { OPERATION_TYPE, operationTypeJson } from './operation-type-json.ts'
import { TYPE_QUERY, typeWithOptions } from './type-options.ts'

/** `GET /v1/operation-types/{type}`. */
export const getOperationType: Endpoint = {
  summary: 'Read what an operation type takes',
  query: TYPE_QUERY,
  answers: { 200: { description: 'The operation type.', content: { 'application/json': OPERATION_TYPE } } },
  async handler(services, request) {
    const { type, options } = await typeWithOptions(services, request)
    return json(200, operationTypeJson(services, type, options))
  },
}
