import { createPublicKey, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testFolder } from '@muster/testkit'
import { type GoogleCredentials, readWalletCredentials, selfMadeGoogleKeyFile } from '../../src/index.ts'

export const ISSUER = '3388000000022000001'
export const ACCOUNT = 'passes@acme-wallet-project.iam.gserviceaccount.com'

/** What a service account would have that gets its tokens there, and the key that verifies what it signs. */
export async function googleAccount(
  tokenUri = 'https://oauth2.googleapis.com/token',
): Promise<{ credentials: GoogleCredentials; publicKey: KeyObject }> {
  const account = {
    ...JSON.parse(await selfMadeGoogleKeyFile()),
    type: 'service_account',
    client_email: ACCOUNT,
    token_uri: tokenUri,
  }
  const path = join(await testFolder(), 'key.json')
  await writeFile(path, JSON.stringify(account))
  const { google } = readWalletCredentials({ GOOGLE_WALLET_ISSUER_ID: ISSUER, GOOGLE_WALLET_KEY_FILE: path })
  if (google === null) throw new Error('the key file was not read')
  return { credentials: google, publicKey: createPublicKey(google.key) }
}
