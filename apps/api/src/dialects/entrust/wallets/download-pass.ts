import type { Wallet } from '@muster/engine/ports'
import { z } from 'zod'
import { type PassLink, takePkpass, takeSaveUrl } from '../../../passes/claimed-pass.ts'
import { PKPASS, pkpassAnswer } from '../../../passes/pkpass-answer.ts'
import type { Endpoint } from '../../endpoint.ts'
import { type ApiRequest, json } from '../../route.ts'

const DETAILS =
  'The claim token is the last part of a link to the pass, and is used up by this. One that was used, has expired or is of another pass is a 404.'

/** `GET /v1/mobileFlashPass/downloads/apple/{enrollmentId}/{claimToken}` */
export const downloadPkpass: Endpoint = {
  summary: 'Download a pass for Apple Wallet',
  details: DETAILS,
  answers: { 200: { description: 'An attachment: the signed pass.', content: { [PKPASS]: 'binary' } } },
  async handler(services, request) {
    return pkpassAnswer(await takePkpass(services, linkOf(request, 'apple')))
  },
}

/** `GET /v1/mobileFlashPass/downloads/google/{enrollmentId}/{claimToken}` */
export const downloadGoogle: Endpoint = {
  summary: 'Get the address that saves a pass in Google Wallet',
  details: DETAILS,
  answers: { 200: { description: 'An address at Google.', content: { 'application/json': z.url() } } },
  async handler(services, request) {
    return json(200, await takeSaveUrl(services, linkOf(request, 'google')), { 'Cache-Control': 'no-store' })
  },
}

function linkOf({ params, caller }: ApiRequest, wallet: Wallet): PassLink {
  const { enrollmentId = '', claimToken = '' } = params
  return { wallet, enrollmentId, token: claimToken, tenantId: caller.tenantId }
}
