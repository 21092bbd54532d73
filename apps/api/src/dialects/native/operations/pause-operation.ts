import type { Endpoint } from '../../endpoint.ts'
import { CONTROL, carryOut } from './control-operation.ts'

const SENSELESS = 'Only one that is SCHEDULED or PROCESSING, and not paused yet, can be paused.'

/** `POST /v1/operations/{id}/pause`: no row is applied once it is answered, until it is resumed. */
export const pauseOperation: Endpoint = {
  summary: 'Pause an operation',
  ...CONTROL,
  handler: (services, request) => carryOut('pause', SENSELESS, services, request),
}
