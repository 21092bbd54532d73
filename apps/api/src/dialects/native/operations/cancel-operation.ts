import type { Endpoint } from '../../endpoint.ts'
import { CONTROL, carryOut } from './control-operation.ts'

const SENSELESS = 'It has ended, so that there is nothing to cancel.'

/** `POST /v1/operations/{id}/cancel`: no row is applied once it is answered; those applied before stay applied. */
export const cancelOperation: Endpoint = {
  summary: 'Cancel an operation',
  ...CONTROL,
  handler: (services, request) => carryOut('cancel', SENSELESS, services, request),
}
