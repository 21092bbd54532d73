import { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { ApplePassEndpoint } from './apple-pass-endpoint.ts'

const BODY = z.object({ logs: z.array(z.string()) })

/** `POST /v1/log` */
export const writeLog: ApplePassEndpoint = {
  summary: 'Tell what went wrong on a device',
  details: 'How many messages came goes to the log, and not what they say: anybody may send them.',
  body: { 'application/json': BODY },
  answers: { 200: { description: 'They came.' } },
  async handler({ log }, request) {
    const body = BODY.safeParse(await request.json())
    if (!body.success) throw new Refusal('invalid-parameter', 'The body has a list, logs, of texts.')
    log.info({ requestId: request.id, messages: body.data.logs.length }, 'a device tells of trouble with passes')
    return { status: 200, headers: {}, body: '' }
  },
}
