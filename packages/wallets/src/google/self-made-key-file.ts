import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { SELF_MADE } from './google-credentials.ts'

/** A key file in the form of Google's, of an account that Google does not know: phones do not accept what it signs. */
export async function selfMadeGoogleKeyFile(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const account = {
    type: SELF_MADE,
    client_email: 'muster@self-made.invalid',
    private_key: privateKey,
    token_uri: 'https://oauth2.googleapis.com/token',
  }
  return `${JSON.stringify(account, null, 2)}\n`
}
