import { json } from '../../route.ts'
import type { Endpoint } from '../endpoint.ts'
import { OPERATION, operationJson } from './operation-json.ts'
import { operationOf } from './operation-of.ts'

/** `GET /v1/operations/{id}`. */
export const getOperation: Endpoint = {
  summary: 'Read an operation',
  answers: { 200: { description: 'The operation.', content: { 'application/json': OPERATION } } },
  async handler(services, request) {
    return json(200, operationJson(await operationOf(services, request)))
  },
}
