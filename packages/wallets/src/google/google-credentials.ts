import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { SettingMistakes } from '../setting-files.ts'

/** The settings that Google's passes need, all of them or none. */
export const GOOGLE_SETTINGS = ['GOOGLE_WALLET_ISSUER_ID', 'GOOGLE_WALLET_KEY_FILE'] as const

/** What marks a key file that Google has never seen, in the place of `service_account`. */
export const SELF_MADE = 'self_made_by_muster'

/** What Google's passes are signed with: https://developers.google.com/wallet/generic/getting-started/auth/rest */
export interface GoogleCredentials {
  readonly issuerId: string
  /** The service account's. */
  readonly clientEmail: string
  /** RSA. */
  readonly key: KeyObject
  /** Where the account gets access tokens. */
  readonly tokenUri: string
  /** Google does not know the account, so that nobody can have saved a pass that it signed. */
  readonly isSelfMade: boolean
}

/** Null when not all settings are given, or something is wrong with them, which is told then. */
export function readGoogleCredentials(
  settings: Readonly<Record<string, string | undefined>>,
  mistakes: SettingMistakes,
): GoogleCredentials | null {
  const { GOOGLE_WALLET_ISSUER_ID: issuerId, GOOGLE_WALLET_KEY_FILE: path } = settings
  if (!issuerId || !path) return null
  const text = mistakes.file('GOOGLE_WALLET_KEY_FILE', path)
  if (text === null) return null
  const account = readAccount(text.toString())
  if (account !== null) return { issuerId, ...account }
  const problem = "expected a service account's key as Google hands it out: JSON with type, client_email, private_key"
  mistakes.tell('GOOGLE_WALLET_KEY_FILE', `${problem} and an https token_uri`)
  return null
}

function readAccount(json: string): Omit<GoogleCredentials, 'issuerId'> | null {
  try {
    const account: unknown = JSON.parse(json)
    if (typeof account !== 'object' || account === null) return null
    const { type, client_email, private_key, token_uri }: Record<string, unknown> = { ...account }
    if (typeof client_email !== 'string' || typeof private_key !== 'string' || typeof token_uri !== 'string')
      return null
    const key = createPrivateKey(private_key)
    if (key.asymmetricKeyType !== 'rsa' || !isGuarded(token_uri)) return null
    if (type !== 'service_account' && type !== SELF_MADE) return null
    return { clientEmail: client_email, key, tokenUri: token_uri, isSelfMade: type === SELF_MADE }
  } catch {
    return null
  }
}

/** What an access token may travel over: TLS, or nothing but this machine. */
function isGuarded(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
}
