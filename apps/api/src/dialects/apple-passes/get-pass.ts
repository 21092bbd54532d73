import { latestPass } from '@muster/database'
import { z } from 'zod'
import { PKPASS, pkpassAnswer } from '../../passes/pkpass-answer.ts'
import { Refusal } from '../../refusal.ts'
import type { ApplePassEndpoint } from './apple-pass-endpoint.ts'
import { AUTHORIZATION, askedPass } from './asked-pass.ts'

/** `GET /v1/passes/{passTypeIdentifier}/{serialNumber}` */
export const getPass: ApplePassEndpoint = {
  summary: 'Get a pass as it is now',
  details: 'One that was revoked says that it is void.',
  headers: AUTHORIZATION.extend({ 'If-Modified-Since': z.string().optional() }),
  answers: {
    200: { description: 'The signed pass.', content: { [PKPASS]: 'binary' } },
    304: { description: 'It is as it was then.' },
  },
  async handler(services, request) {
    const { wallet, serial } = askedPass(services, request)
    const pass = await latestPass(services.pool, serial)
    if (pass === null) throw new Refusal('not-found', 'There is no such pass any more.')
    // A pass that was changed within the last minute may change in the same second again, so that it is told to be older.
    const headers = { 'Last-Modified': pass.settledAt.toUTCString(), 'Cache-Control': 'no-store' }
    const since = Date.parse(request.header('if-modified-since') ?? '')
    if (wholeSeconds(pass.changedAt) <= since) return { status: 304, headers, body: '' }
    return pkpassAnswer(await wallet.pkpass(pass), headers)
  },
}

/** HTTP's dates know no fractions. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000
}
