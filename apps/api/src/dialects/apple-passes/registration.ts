import { registerDevice, unregisterDevice } from '@muster/database'
import { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { ApplePassEndpoint } from './apple-pass-endpoint.ts'
import { AUTHORIZATION, askedPass, askingDevice } from './asked-pass.ts'

const BODY = z.object({ pushToken: z.string().min(1).max(1_000) })

/** `POST …/registrations/{passTypeIdentifier}/{serialNumber}` */
export const registerPass: ApplePassEndpoint = {
  summary: 'Register a device for a pass',
  details: 'The push token is kept sealed. No pushes are sent: devices ask for themselves from time to time.',
  headers: AUTHORIZATION,
  body: { 'application/json': BODY },
  answers: { 200: { description: 'It was registered before.' }, 201: { description: 'It is registered now.' } },
  async handler(services, request) {
    const { serial } = askedPass(services, request)
    const deviceId = askingDevice(request)
    const body = BODY.safeParse(await request.json())
    if (!body.success) throw new Refusal('invalid-parameter', 'The body has a pushToken of 1 to 1,000 characters.')
    const sealed = services.secrets.seal(body.data.pushToken)
    const registered = await registerDevice(services.pool, { deviceId, serial }, sealed)
    if (registered === 'no-such-pass') throw new Refusal('not-found', 'There is no such pass any more.')
    if (registered === 'full') throw new Refusal('conflict', 'Too many devices hold this pass.')
    return { status: registered === 'new' ? 201 : 200, headers: {}, body: '' }
  },
}

/** `DELETE …/registrations/{passTypeIdentifier}/{serialNumber}` */
export const unregisterPass: ApplePassEndpoint = {
  summary: 'Unregister a device for a pass',
  headers: AUTHORIZATION,
  answers: { 200: { description: 'It is not registered, any more.' } },
  async handler(services, request) {
    const { serial } = askedPass(services, request)
    await unregisterDevice(services.pool, { deviceId: askingDevice(request), serial })
    return { status: 200, headers: {}, body: '' }
  },
}
