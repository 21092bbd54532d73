import type { GoogleWalletService, WalletOutcome } from '@muster/engine/ports'
import { AccessToken } from './access-token.ts'
import { ask, type GoogleAnswer, GoogleAway, said } from './answer.ts'
import { objectId } from './generic-object.ts'
import type { GoogleCredentials } from './google-credentials.ts'

export interface GoogleWalletServiceOptions {
  /** Where Google's API is; Google's own unless given. */
  readonly baseUrl?: string
}

/** Google Wallet's API: https://developers.google.com/wallet/reference/rest/v1/genericobject/patch */
export function googleWalletService(
  credentials: GoogleCredentials,
  { baseUrl = 'https://walletobjects.googleapis.com' }: GoogleWalletServiceOptions = {},
): GoogleWalletService {
  const access = new AccessToken(credentials)
  const patch = async (serial: string): Promise<GoogleAnswer> => {
    const token = await access.get()
    const id = encodeURIComponent(objectId(credentials.issuerId, serial))
    const answer = await ask(`${baseUrl}/walletobjects/v1/genericObject/${id}`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ state: 'EXPIRED' }),
    })
    if (answer.status === 401) access.drop(token)
    return answer
  }
  return {
    async expire(serial) {
      if (credentials.isSelfMade) return { kind: 'told' }
      try {
        const answer = await patch(serial)
        // A token may have been withdrawn before its time; a new one tells whether it is that.
        return outcome(answer.status === 401 ? await patch(serial) : answer)
      } catch (error) {
        return { kind: 'away', reply: error instanceof GoogleAway ? error.message : 'Google could not be asked' }
      }
    },
  }
}

function outcome(answer: GoogleAnswer): WalletOutcome {
  const { status } = answer
  // Google knows a pass from when somebody saved it.
  if (status === 404 || (status >= 200 && status < 300)) return { kind: 'told' }
  const reply = `Google answered ${said(answer)}`
  // It is the account that is not let in, or the service that is not up to it; no other pass would fare better.
  const isAway = [401, 403, 408, 429].includes(status) || status >= 500
  return { kind: isAway ? 'away' : 'refused', reply }
}
