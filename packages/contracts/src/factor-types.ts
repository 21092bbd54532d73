/** Authentication factors, by the names of the ID360 dialect. */
export const FACTOR_TYPES = [
  'EmailAuthenticator',
  'SMSAuthenticator',
  'GoogleAuthenticator',
  'MicrosoftAuthenticator',
  'ZohoOneAuthAuthenticator',
  'CustomTOTPAuthenticator',
  'DUOAuthenticator',
  'SQAAuthenticator',
  'SmartCardAuthenticator',
  'FIDOAuthenticator',
  'SAMLAuthenticator',
] as const

export type FactorType = (typeof FACTOR_TYPES)[number]

/** Settings of a `CustomTOTPAuthenticator`; the other types have none. */
export interface TotpSettings {
  readonly oath_type: 'totp' | 'hotp'
  readonly token_type: 'software' | 'hardware'
  readonly hash_algorithm: 'SHA1' | 'SHA256' | 'SHA512'
  /** Seconds that one password lives. */
  readonly totp_time_step: number
  /** Digits of a password. */
  readonly otp_length: number
  readonly max_nos_enrollment_per_user: number
}

/** A tenant's way of authenticating its users with one factor. */
export interface FactorConfig {
  /** Decimal digits, unique over all tenants. */
  readonly id: string
  readonly name: string
  readonly factorType: FactorType
  /** `TotpSettings` for a `CustomTOTPAuthenticator`, else empty. */
  readonly settings: TotpSettings | Readonly<Record<string, never>>
}
