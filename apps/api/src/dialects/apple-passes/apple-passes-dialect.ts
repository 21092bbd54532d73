import { z } from 'zod'
import { APPLE_SERVICE_PATH } from '../../passes/wallets.ts'
import type { Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import { type Dialect, json, type Route } from '../route.ts'
import type { ApplePassEndpoint } from './apple-pass-endpoint.ts'
import { changedSerials } from './changed-serials.ts'
import { getPass } from './get-pass.ts'
import { registerPass, unregisterPass } from './registration.ts'
import { writeLog } from './write-log.ts'

const ERROR = z.object({ message: z.string() }).meta({ id: 'ApplePassError' })

const REGISTRATIONS = '/v1/devices/:deviceId/registrations/:passTypeId'

/** Apple's web service for updating passes: https://developer.apple.com/documentation/walletpasses/adding-a-web-service-to-update-passes */
export function applePassesDialect(services: Services): Dialect {
  const route = (method: Route['method'], path: string, { handler, ...description }: ApplePassEndpoint): Route => ({
    method,
    path,
    permission: null,
    description,
    handler: (request) => handler(services, request),
  })
  return {
    title: "Apple's devices",
    description: "What iPhones ask for news of their passes, in the words of Apple's web service for updating passes.",
    basePath: APPLE_SERVICE_PATH,
    schemes: [],
    routes: [
      route('post', `${REGISTRATIONS}/:serialNumber`, registerPass),
      route('delete', `${REGISTRATIONS}/:serialNumber`, unregisterPass),
      route('get', REGISTRATIONS, changedSerials),
      route('get', '/v1/passes/:passTypeId/:serialNumber', getPass),
      route('post', '/v1/log', writeLog),
    ],
    permits: () => false,
    refuse: ({ status, message }: Refusal) => json(status, { message }, { 'Cache-Control': 'no-store' }),
    errors: { 'application/json': ERROR },
  }
}
