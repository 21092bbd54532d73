import { controlOperation, OperationBusy } from '@muster/database'
import { Refusal } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import type { Kind } from './kind.ts'
import { noSuchOperation, operationOfKind } from './operation-of-kind.ts'

/** `DELETE /v1/mobileFlashPass/cancel/{id}`, `DELETE /v1/print/cancel/{id}`: what was done stays done. */
export function cancelOperation(kind: Kind): Endpoint {
  return {
    summary: 'Cancel an operation',
    details: 'What was sent or printed stays so. An operation that has ended cannot be cancelled: 409.',
    answers: { 200: { description: 'It is cancelled; there is no body.' } },
    async handler(services, request) {
      const { id } = await operationOfKind(kind, services, request)
      const { tenantId, subject } = request.caller
      const asked = { tenantId, id, control: 'cancel', by: subject, reason: null } as const
      const controlled = await controlOperation(services.pool, asked).catch((error: unknown) => {
        throw error instanceof OperationBusy ? busy() : error
      })
      if (controlled === null) throw noSuchOperation(kind)
      if (!controlled.changed) {
        const { state } = controlled.operation
        throw new Refusal('conflict', `The operation is ${state}; what has ended cannot be cancelled.`)
      }
      void services.producer.nudge()
      return { status: 200, headers: {}, body: '' }
    },
  }
}

function busy(): Refusal {
  return new Refusal('unavailable', 'A worker holds the operation and does not answer; try again in some seconds.', {
    headers: { 'Retry-After': '5' },
  })
}
