import type { Enrollment } from './enrollment.ts'

/** Whose wallet a pass goes to. */
export type Wallet = 'apple' | 'google'

/** A mobile flash pass as the wallets know it. */
export interface Pass {
  /** A UUID. */
  readonly serial: string
  readonly enrollment: Enrollment
  readonly voided: boolean
}

/** Makes passes for Apple Wallet: https://developer.apple.com/documentation/walletpasses */
export interface AppleWallet {
  readonly passTypeIdentifier: string
  /** A signed `.pkpass`. */
  pkpass(pass: Pass): Promise<Uint8Array>
  /** Whether that is the authentication token that a pass of this serial carries. Takes the same time either way. */
  isAuthenticationToken(serial: string, token: string): boolean
}

/** Makes passes for Google Wallet: https://developers.google.com/wallet/generic */
export interface GoogleWallet {
  /** A signed address that saves the pass. */
  saveUrl(pass: Pass): Promise<string>
}

/** What became of telling Google. *away*: surely nothing, and no other pass would fare better now. */
export type WalletOutcome = { readonly kind: 'told' } | { readonly kind: 'refused' | 'away'; readonly reply: string }

/** Tells Google Wallet of passes that are void. */
export interface GoogleWalletService {
  /**
   * Makes the pass expired; one that nobody saved is told as well. May be done again. Never throws, and takes a minute
   * at most; a `reply` is one line of at most 200 characters without personal data.
   */
  expire(serial: string): Promise<WalletOutcome>
}
