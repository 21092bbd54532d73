import { operationsOfType } from '@muster/database'
import { z } from 'zod'
import type { Endpoint } from '../../endpoint.ts'
import { BULK_OPERATION, bulkOperation } from './bulk-operation.ts'
import { begun, jsonArray } from './json-array.ts'
import { KINDS, type Kind } from './kind.ts'

/** `GET /v1/mobileFlashPass`, `GET /v1/print`: made while it is sent, as there is no end to how many there are. */
export function listOperations(kind: Kind): Endpoint {
  return {
    summary: `List the ${KINDS[kind].title}, newest first`,
    answers: { 200: { description: 'All of them.', content: { 'application/json': z.array(BULK_OPERATION) } } },
    async handler({ pool }, { caller }) {
      const operations = await begun(operationsOfType(pool, caller.tenantId, kind))
      return {
        status: 200,
        headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
        body: jsonArray(operations, bulkOperation),
      }
    },
  }
}
