import { changedPasses } from '@muster/database'
import { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import { json } from '../route.ts'
import type { ApplePassEndpoint } from './apple-pass-endpoint.ts'
import { askedWallet, askingDevice } from './asked-pass.ts'

const NO_STORE = { 'Cache-Control': 'no-store' }

const CHANGED = z
  .object({
    serialNumbers: z.array(z.string()),
    lastUpdated: z.string().describe('What to ask with the next time.'),
  })
  .meta({ id: 'ChangedApplePasses' })

/** `GET …/registrations/{passTypeIdentifier}?passesUpdatedSince={tag}` */
export const changedSerials: ApplePassEndpoint = {
  summary: "List a device's passes that were changed",
  details: 'A pass that was changed in the last minute may be listed twice.',
  query: z.object({ passesUpdatedSince: z.string().optional().describe('The `lastUpdated` of an earlier answer.') }),
  answers: {
    200: { description: 'Their serial numbers.', content: { 'application/json': CHANGED } },
    204: { description: 'None was.' },
  },
  async handler(services, request) {
    askedWallet(services, request)
    const tag = request.query.get('passesUpdatedSince')
    if (tag !== null && !/^\d{1,18}$/.test(tag)) {
      throw new Refusal('invalid-parameter', 'passesUpdatedSince is the lastUpdated of an earlier answer.')
    }
    const { serials, until } = await changedPasses(services.pool, askingDevice(request), tag)
    if (serials.length === 0) return { status: 204, headers: NO_STORE, body: '' }
    return json(200, { serialNumbers: serials, lastUpdated: until }, NO_STORE)
  },
}
