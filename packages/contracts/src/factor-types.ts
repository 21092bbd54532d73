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

/** Settings of a `CustomTOTPAuthenticator`. */
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

/** Settings of a `SmartCardAuthenticator`. */
export interface SmartCardSettings {
  /** X.509 certificates in PEM, one each: certificates are taken only from these. Empty: from whomever. */
  readonly trusted_ca_certificates: readonly string[]
}

/** What the name of a certificate's file tells of its user, by the ID360 dialect's names. */
export const CERTIFICATE_FILENAME_PATTERNS = ['Primary Email', 'Employee ID', 'Mobile Number'] as const

export type CertificateFilenamePattern = (typeof CERTIFICATE_FILENAME_PATTERNS)[number]

/** A tenant's way of authenticating its users with one factor. */
export interface FactorConfig {
  /** Decimal digits, unique over all tenants. */
  readonly id: string
  readonly name: string
  readonly factorType: FactorType
  /** `TotpSettings` for a `CustomTOTPAuthenticator`, `SmartCardSettings` for a `SmartCardAuthenticator`, else empty. */
  readonly settings: TotpSettings | SmartCardSettings | Readonly<Record<string, never>>
}
