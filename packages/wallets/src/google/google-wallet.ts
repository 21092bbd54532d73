import type { GoogleWallet } from '@muster/engine/ports'
import { SignJWT } from 'jose'
import { savePayload } from './generic-object.ts'
import type { GoogleCredentials } from './google-credentials.ts'

const SAVE = 'https://pay.google.com/gp/v/save/'

/** Browsers may cut longer links: https://developers.google.com/wallet/generic/use-cases/jwt */
const MAX_TOKEN_LENGTH = 1_800

/** Base64 of the header, the claims beside the pass, two dots. */
const OVERHEAD_BYTES = 160

/** Passes for Google Wallet, generic ones, each whole in a link that is signed: nothing is to be told to Google first. */
export function googleWallet({ issuerId, clientEmail, key }: GoogleCredentials): GoogleWallet {
  const signatureLength = Math.ceil(((key.asymmetricKeyDetails?.modulusLength ?? 2048) / 8 / 3) * 4)
  const spare = MAX_TOKEN_LENGTH - signatureLength
  const maxBytes = Math.floor((spare / 4) * 3) - OVERHEAD_BYTES - clientEmail.length
  return {
    async saveUrl(pass) {
      const token = new SignJWT({
        typ: 'savetowallet',
        origins: [],
        payload: { ...savePayload(pass, issuerId, maxBytes) },
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
        .setIssuer(clientEmail)
        .setAudience('google')
        .setIssuedAt()
      return SAVE + (await token.sign(key))
    },
  }
}
