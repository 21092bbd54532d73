import { z } from 'zod'
import { newPassLink } from '../../../passes/claimed-pass.ts'
import { isWallet } from '../../../passes/wallets.ts'
import { Refusal } from '../../../refusal.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'

const ADDRESS = z.url().describe('A page for the phone of whose pass it is, good once and for a week.')

/** `GET /v1/mobileFlashPass/downloadUri/{walletType}/{enrollmentId}` */
export const downloadUri: Endpoint = {
  summary: 'Make a link to a pass',
  details:
    'For the wallet `google` or `apple`. Each call makes another link; those that were made or mailed before stay good. The link is what proves who its holder is: it is for that person alone.',
  answers: { 200: { description: 'The link.', content: { 'application/json': ADDRESS } } },
  async handler(services, { params, caller }) {
    const { walletType = '', enrollmentId = '' } = params
    if (!isWallet(walletType)) {
      const members = { target: 'walletType' }
      throw new Refusal('invalid-parameter', 'The wallet type is google or apple.', { members })
    }
    const link = await newPassLink(services, caller.tenantId, walletType, enrollmentId)
    return json(200, link, { 'Cache-Control': 'no-store' })
  },
}
