import type { Carry, Courier, DeliveryResult } from '@muster/engine'
import type { GoogleWalletService, PassStore, WalletOutcome } from '@muster/engine/ports'

export interface TellGoogleOptions {
  readonly passes: PassStore
  /** Null: Google Wallet is not set up any more, and every message fails. */
  readonly service: GoogleWalletService | null
}

/** Tells Google Wallet of passes that are void. May be done again: it is told the same. */
export function tellGoogle({ passes, service }: TellGoogleOptions): Courier {
  return {
    async ready(operation, messages) {
      const ids = messages.map(({ subject }) => subject)
      const serials = service === null ? new Map<string, string>() : await passes.serials(operation, ids)
      const tell = (passId: string): Carry => {
        const serial = serials.get(passId)
        if (service === null)
          return async () => notTold('GOOGLE_WALLET_ISSUER_ID and GOOGLE_WALLET_KEY_FILE are not set')
        if (serial === undefined) return async () => ({ kind: 'failed', mistake: { code: 'ENROLLMENT_NOT_FOUND' } })
        return async () => resultOf(await service.expire(serial))
      }
      return new Map(messages.map(({ row, subject }) => [row, tell(subject)]))
    },
  }
}

function notTold(reply: string): DeliveryResult {
  return { kind: 'failed', mistake: { code: 'WALLET_NOT_TOLD', params: { reply } } }
}

function resultOf(outcome: WalletOutcome): DeliveryResult {
  switch (outcome.kind) {
    case 'told':
      return { kind: 'delivered' }
    case 'refused':
      return notTold(outcome.reply)
    case 'away':
      return { kind: 'away', reply: outcome.reply }
  }
}
