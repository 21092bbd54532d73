import type { AppleWallet } from '@muster/engine/ports'
import { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import type { PublicRequest } from '../route.ts'

/** The header by which a device shows that it holds the pass. */
export const AUTHORIZATION = z.object({ Authorization: z.string().optional().describe('`ApplePass` and the token.') })

/** A pass of which a device has shown that it holds it. */
export interface AskedPass {
  readonly wallet: AppleWallet
  /** A UUID. */
  readonly serial: string
}

const UUID = z.uuid()

/** Throws a Refusal: 401 without the pass's own token, whether there is such a pass or not. */
export function askedPass(services: Services, request: PublicRequest): AskedPass {
  const wallet = askedWallet(services, request)
  const { serialNumber = '' } = request.params
  const [, token = ''] = /^ApplePass +(\S+)$/i.exec(request.header('authorization') ?? '') ?? []
  if (!UUID.safeParse(serialNumber).success || !wallet.isAuthenticationToken(serialNumber, token)) {
    throw new Refusal('unauthenticated', "Send the pass's own authentication token.", {
      headers: { 'WWW-Authenticate': 'ApplePass' },
    })
  }
  return { wallet, serial: serialNumber }
}

/** The wallet of the pass type that is asked for. Throws a Refusal: it is not ours. */
export function askedWallet({ wallets: { apple } }: Services, { params }: PublicRequest): AppleWallet {
  if (apple === null || params['passTypeId'] !== apple.passTypeIdentifier) {
    throw new Refusal('not-found', 'No passes of this type are issued here.')
  }
  return apple
}

/** The device's library identifier. Throws a Refusal for what no device calls itself. */
export function askingDevice({ params }: PublicRequest): string {
  const { deviceId = '' } = params
  if (!/^[\x21-\x7e]{1,200}$/.test(deviceId)) throw new Refusal('not-found', 'No device has such an identifier.')
  return deviceId
}
