import type { Enrollment } from './enrollment.ts'
import type { Delivering } from './outbox.ts'
import type { Wallet } from './wallets.ts'

/** A link that is to be given out: a pass can be taken to that wallet with it, once, while it is in force. */
export interface NewClaim {
  /** The pass, decimal digits. */
  readonly passId: string
  readonly wallet: Wallet
  /** SHA-256 of the token. */
  readonly tokenHash: Uint8Array
}

/** A pass of which its holder is to be told. */
export interface IssuedPass {
  readonly passId: string
  /** The enrollment's id as it is given out. */
  readonly enrollmentId: string
  /** Null when the enrollment has none, or none any more. */
  readonly address: string | null
  readonly enrollment: Enrollment
}

/** The record of passes, as deliveries need it. */
export interface PassStore {
  /**
   * Notes claims, and tells of their passes those that are in force and whose enrollments still exist. May be done
   * again with others: earlier claims stay good.
   *
   * @param seconds for which the claims are in force
   */
  issueClaims(operation: Delivering, claims: readonly NewClaim[], seconds: number): Promise<readonly IssuedPass[]>
  /** Serials of passes by their ids. */
  serials(operation: Delivering, passIds: readonly string[]): Promise<ReadonlyMap<string, string>>
}
