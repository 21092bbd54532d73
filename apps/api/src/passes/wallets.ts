import type { AppleWallet, GoogleWallet, Wallet } from '@muster/engine/ports'
import { type AppleCredentials, appleWallet, type GoogleCredentials, googleWallet } from '@muster/wallets'
import { Refusal } from '../refusal.ts'

/** The wallets that passes can be taken to. */
export interface Wallets {
  /** Null: it is not set up. */
  readonly apple: AppleWallet | null
  /** Null: it is not set up. */
  readonly google: GoogleWallet | null
  /** The API's address as phones see it. */
  publicUrl(): string
}

export interface WalletSettings {
  readonly apple: AppleCredentials | null
  readonly google: GoogleCredentials | null
  /** The API's address as others see it; null when nobody said. */
  readonly publicUrl: string | null
  readonly secretsKeys: readonly Uint8Array[]
}

/** Where Apple's devices ask for news, under the API's address. */
export const APPLE_SERVICE_PATH = '/wallet/apple-passes'

/** @param listening the address that the API listens at; asked for once it listens, where no public one is set */
export function openWallets(
  { apple, google, publicUrl, secretsKeys }: WalletSettings,
  listening: () => string,
): Wallets {
  // Wallet refuses passes that name a web service without TLS.
  const isReachable = publicUrl?.startsWith('https:') === true
  const webServiceUrl = isReachable ? `${publicUrl.replace(/\/+$/, '')}${APPLE_SERVICE_PATH}` : null
  return {
    apple: apple && appleWallet({ credentials: apple, secrets: secretsKeys, webServiceUrl }),
    google: google && googleWallet(google),
    publicUrl: () => publicUrl ?? listening(),
  }
}

/** How people call the wallets. */
export const WALLET_NAMES: { readonly [W in Wallet]: string } = { apple: 'Apple Wallet', google: 'Google Wallet' }

/** The name is one of a wallet's. */
export function isWallet(name: string): name is Wallet {
  return name === 'apple' || name === 'google'
}

/** The wallet, which must be set up: throws a Refusal that says what to set. */
export function setUp<W extends Wallet>(wallets: Wallets, wallet: W): NonNullable<Wallets[W]> {
  const made = wallets[wallet]
  if (made !== null) return made
  const settings = wallet === 'apple' ? 'APPLE_…' : 'GOOGLE_…'
  const name = WALLET_NAMES[wallet]
  throw new Refusal('conflict', `${name} is not set up here; its operator has to give the settings ${settings}.`)
}
