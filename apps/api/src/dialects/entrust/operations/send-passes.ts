import { z } from 'zod'
import type { Endpoint } from '../../endpoint.ts'
import { CREATION, createBulkOperation } from './create-bulk-operation.ts'
import { IDS, readBody } from './read-body.ts'

const BODY = z.object({ ids: IDS }, 'expected an object')

/** `POST /v2/mobileFlashPass`. */
export const sendPasses: Endpoint = {
  ...CREATION,
  summary: 'Send mobile flash passes',
  body: { 'application/json': BODY },
  async handler(services, request) {
    const { ids } = await readBody(BODY, request)
    return createBulkOperation(services, request, { type: 'SEND_MFP', options: null, ids })
  },
}
