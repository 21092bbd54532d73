import { OPERATION_TYPES } from '@muster/contracts'
import { z } from 'zod'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { readQuery } from '../read-query.ts'
import { OPERATION_TYPE, operationTypeJson } from './operation-type-json.ts'
import { defaultOptions } from './type-options.ts'

const LIST = z.object({ operationTypes: z.array(OPERATION_TYPE) })

/** `GET /v1/operation-types`: all of them, there are few. */
export const listOperationTypes: Endpoint = {
  summary: 'List the operation types',
  answers: { 200: { description: 'All of them.', content: { 'application/json': LIST } } },
  async handler(services, { query, caller }) {
    readQuery(z.object({}), query)
    const operationTypes = OPERATION_TYPES.map(async (type) =>
      operationTypeJson(services, type, await defaultOptions(services, caller.tenantId, type)),
    )
    return json(200, { operationTypes: await Promise.all(operationTypes) })
  },
}
