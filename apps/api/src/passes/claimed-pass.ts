import { decodeEnrollmentId } from '@muster/contracts'
import { findClaimedPass, type GivenClaim, insertClaim, type PassRecord, useClaim } from '@muster/database'
import type { Wallet } from '@muster/engine/ports'
import { CLAIM_SECONDS, claimTokenHash, claimUrl, newClaimToken } from '@muster/wallets'
import { Refusal } from '../refusal.ts'
import type { Services } from '../services.ts'
import { setUp } from './wallets.ts'

type PassServices = Pick<Services, 'pool' | 'wallets'>

/** The parts of a link that somebody has come with. */
export interface PassLink {
  readonly wallet: Wallet
  /** As it was sent; it may be no id at all. */
  readonly enrollmentId: string
  readonly token: string
  /** Whose pass it has to be; null for anybody's. */
  readonly tenantId: number | null
}

/**
 * A new link by which the enrollment's pass can be taken to the wallet, once.
 * Throws a Refusal: the wallet is not set up, or the enrollment has no pass in force.
 */
export async function newPassLink(
  { pool, wallets }: PassServices,
  tenantId: number,
  wallet: Wallet,
  enrollmentId: string,
): Promise<string> {
  setUp(wallets, wallet)
  const enrollment = decodeEnrollmentId(enrollmentId)
  const { token, hash: tokenHash } = newClaimToken()
  const claim = { tenantId, wallet, tokenHash, seconds: CLAIM_SECONDS }
  if (enrollment === null || !(await insertClaim(pool, { ...claim, enrollment }))) {
    throw new Refusal('not-found', 'This enrollment has no mobile flash pass that is in force; send it one first.')
  }
  return claimUrl(wallets.publicUrl(), wallet, enrollmentId, token)
}

/** The pass that the link is good for; the link stays good. Throws a Refusal where it is not, or the wallet not set up. */
export async function findPass({ pool, wallets }: PassServices, link: PassLink): Promise<PassRecord> {
  setUp(wallets, link.wallet)
  const pass = await findClaimedPass(pool, claimOf(link))
  if (pass === null) throw dead()
  return pass
}

/** The pass as a `.pkpass`; the link is used up. Throws a Refusal, or what making it throws: then the link stays good. */
export function takePkpass(services: PassServices, link: PassLink): Promise<Uint8Array> {
  return take(services, link, (pass) => setUp(services.wallets, 'apple').pkpass(pass))
}

/** The pass as an address that saves it in Google Wallet; the link is used up. Throws as `takePkpass` does. */
export function takeSaveUrl(services: PassServices, link: PassLink): Promise<string> {
  return take(services, link, (pass) => setUp(services.wallets, 'google').saveUrl(pass))
}

async function take<T>(services: PassServices, link: PassLink, make: (pass: PassRecord) => Promise<T>): Promise<T> {
  const made = await make(await findPass(services, link))
  // Only now, so that what goes wrong before costs nobody a link.
  if (!(await useClaim(services.pool, claimOf(link)))) throw dead()
  return made
}

function claimOf({ wallet, enrollmentId, token, tenantId }: PassLink): GivenClaim {
  const enrollment = decodeEnrollmentId(enrollmentId)
  if (enrollment === null) throw dead()
  return { wallet, enrollment, tenantId, tokenHash: claimTokenHash(token) }
}

/** One sentence for every reason, so that nobody learns which it is. */
function dead(): Refusal {
  return new Refusal(
    'not-found',
    'This link is not good any more: it was used, it has expired, or the pass was withdrawn. Ask for a new one.',
  )
}
