import type { Endpoint } from '../../endpoint.ts'
import { CONTROL, carryOut } from './control-operation.ts'

const SENSELESS = 'Only one that is paused can be resumed.'

/** `POST /v1/operations/{id}/resume`: it goes on where it was. */
export const resumeOperation: Endpoint = {
  summary: 'Resume an operation that is paused',
  ...CONTROL,
  handler: (services, request) => carryOut('resume', SENSELESS, services, request),
}
