import { startOperation as start } from '@muster/database'
import { OPERATIONS } from '@muster/operations'
import { forbidden } from '../../../auth/forbidden.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { OPERATION, operationJson } from './operation-json.ts'
import { operationOf } from './operation-of.ts'
import { stateConflict } from './state-conflict.ts'

/** `POST /v1/operations/{id}/start`: schedules an operation that was created with `start: false`, once it has its data. */
export const startOperation: Endpoint = {
  summary: 'Start an operation',
  answers: { 200: { description: 'The operation as it is then.', content: { 'application/json': OPERATION } } },
  async handler(services, request) {
    const { caller } = request
    const { id: operationId, type } = await operationOf(services, request)
    const { permission } = OPERATIONS[type]
    if (!caller.scopes.includes(permission)) throw forbidden(permission)
    const started = await start(services.pool, { tenantId: caller.tenantId, operationId, by: caller.subject })
    const operation = await operationOf(services, request)
    if (!started) {
      const awaits = operation.state === 'AWAITING_DATA'
      throw stateConflict(operation, awaits ? 'Send its data first.' : 'It can be started once, when it has its data.')
    }
    void services.producer.nudge()
    return json(200, operationJson(services, operation))
  },
}
